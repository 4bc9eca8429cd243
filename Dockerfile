# The program with both engines. Build: docker build -t suyuan .
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /suyuan
COPY . .
RUN cargo build --release --locked --features postgres

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/suyuan --create-home suyuan
COPY --from=build /suyuan/target/release/suyuan /usr/local/bin/suyuan
USER suyuan
ENV SUYUAN_DATA_DIR=/var/lib/suyuan SUYUAN_LISTEN=0.0.0.0:8080 SUYUAN_LOG_FORMAT=json
VOLUME /var/lib/suyuan
EXPOSE 8080
ENTRYPOINT ["suyuan"]
CMD ["serve"]
