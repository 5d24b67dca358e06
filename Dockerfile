# The portal's image: web, worker, reader and beat run from it with different commands. A further stage
# is the front door's, with the same nginx as bin/run has (docker-compose.yml).
# Front end first, in an image that is thrown away: the result needs no Node.
FROM node:22-bookworm-slim AS front_end
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin/lib/assets.mjs bin/lib/assets.mjs
COPY static static
RUN node bin/lib/assets.mjs

FROM python:3.11-slim-bookworm AS portal
# Pango and a font for the PDF sheets, gettext for the translations; GDAL, GEOS and PROJ come with the Python wheels.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core gettext \
 && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STTM2_MEDIA=/srv/media
WORKDIR /srv/portal
COPY requirements.txt ./
# The lock names all there is: pip need not look for more, which it may not without hashes.
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY . .
COPY --from=front_end /build/static/build static/build
# Translations and static files are part of the image; the key used here signs nothing and is not kept.
RUN for po in locale/*/LC_MESSAGES/*.po; do [ ! -e "$po" ] || msgfmt -o "${po%.po}.mo" "$po"; done \
 && export STTM2_MODE=demo STTM2_SECRET_KEY=only-while-building DATABASE_URL=postgis://build@localhost/build \
    REDIS_URL=redis://localhost:6379/0 \
 && python manage.py collectstatic --noinput --ignore src --ignore redoc --ignore rest_framework \
 && python manage.py write_front front/words
# The reader is another user than the worker, of the same group: they share one folder, for sockets and columns.
RUN useradd --system --no-create-home sttm2 && useradd --system --no-create-home --gid sttm2 reader \
 && install -d -o sttm2 -g sttm2 /srv/media /srv/door .local .local/mail \
 && install -d -o reader -g sttm2 -m 2770 /srv/reading
USER sttm2
EXPOSE 8000
CMD ["gunicorn", "--config", "python:sttm2.web", "--bind", "0.0.0.0:8000"]

FROM debian:bookworm-slim AS door
RUN apt-get update \
 && apt-get install -y --no-install-recommends nginx libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static gettext-base \
 && rm -rf /var/lib/apt/lists/*
COPY --from=portal /srv/portal/.local/static /srv/front/static
COPY --from=portal /srv/portal/front /srv/front
COPY bin/lib/base.sh bin/lib/front.sh /srv/portal/bin/lib/
COPY front /srv/portal/front
WORKDIR /srv/portal
EXPOSE 8000
CMD ["bash", "-euc", ". bin/lib/base.sh; . bin/lib/front.sh; FRONT_FOLDER=/srv/front; prepare_front; exec \"${FRONT_COMMAND[@]}\""]

# What is built when no stage is named.
FROM portal
