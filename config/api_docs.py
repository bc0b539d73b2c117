"""The API's page: its description in Swagger UI, inside the portal's frame and without a CDN (接口文档)."""

from django.views.generic import TemplateView

from common.access import LoginRequired


class ApiDocsView(LoginRequired, TemplateView):
    """Tries requests with the reader's own session; scripts and styles come from the sidecar package."""

    template_name = "config/api_docs.html"
