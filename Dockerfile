# The program in an image of its own:
#   docker build -t mailtrack .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" mailtrack run Mail --book records --out tracked
FROM rust:1.95-slim-bookworm AS build
# SQLite and Zstandard are built from C.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --locked --release && strip target/release/mailtrack

FROM debian:bookworm-slim
# Certificates by which `send` knows mail servers.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/target/release/mailtrack /usr/local/bin/mailtrack
WORKDIR /data
# An output folder belongs to a client, by default the host's name, which is another in each container: give
# `synchronization.client` in the options, or --hostname.
ENTRYPOINT ["mailtrack"]
CMD ["--help"]
