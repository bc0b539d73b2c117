"""Assembly of the project: settings, URLs, Celery, embedded servers, health."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
