#!/bin/sh
# Run by PostgreSQL's image over an empty data folder: a role and a database for the domain, and for Prefect.
set -eu
for name in convenios prefect; do
    password=$(cat "/run/secrets/${name}_password")
    psql -v ON_ERROR_STOP=1 --username postgres --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
# Prefect's server looks for text by trigrams.
psql -v ON_ERROR_STOP=1 --username postgres --dbname prefect -c 'CREATE EXTENSION IF NOT EXISTS pg_trgm'
