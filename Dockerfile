# syntax=docker/dockerfile:1

# The compiler runs on the builder's own platform and builds for the image's: no emulation for linux/arm64.
FROM --platform=$BUILDPLATFORM node:24-slim AS build
WORKDIR /build
COPY package.json bun.lock bunfig.toml ./
RUN npm run setup
COPY . .
ARG TARGETARCH
RUN npm run build -- ${TARGETARCH:+--target=bun-linux-$TARGETARCH} && mkdir data

# The C library, its loader, a certificate store, time zones and a user without rights; no shell, no package manager.
FROM gcr.io/distroless/base-nossl-debian13:nonroot
WORKDIR /app
COPY --from=build /build/dist/gemini-balance ./
COPY --from=build --chown=65532:65532 /build/data ./data
ENV DATA_DIR=/app/data
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/app/gemini-balance", "healthcheck"]
ENTRYPOINT ["/app/gemini-balance"]
CMD ["serve"]
