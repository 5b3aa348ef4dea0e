#!/bin/sh
# Makes deploy/secrets/: random passwords and the addresses that hold them. What exists is kept.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep() { [ -e "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"; }
for name in postgres convenios prefect; do keep "${name}_password" "$(random)"; done
keep CONVENIOS_DATABASE_URL "postgres://convenios:$(cat secrets/convenios_password)@postgres:5432/convenios"
keep CONVENIOS_PREFECT_DATABASE_URL "postgres://prefect:$(cat secrets/prefect_password)@postgres:5432/prefect"
keep CONVENIOS_PREFECT_KEY "$(random)"
# smtps://user:password@host:465; while it is empty, mail waits.
keep CONVENIOS_SMTP_URL ""
# The parts run as another account than yours and read these files through the folder above, which stays closed.
chmod 700 secrets
chmod 644 secrets/*
