#!/usr/bin/env bash
# Runs every target, or those that are named, for so many seconds each: fuzz/all.sh SECONDS [TARGET ...]
# FUZZ_ARGUMENTS are handed to `cargo fuzz run`; without them no sanitizer is used.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?usage: fuzz/all.sh SECONDS [TARGET ...]}
shift
export RUSTC_BOOTSTRAP=1 TMPDIR="${TMPDIR:-/dev/shm}"
read -ra arguments <<<"${FUZZ_ARGUMENTS:--s none}"
[ $# -gt 0 ] || set -- $(basename -s .rs fuzz_targets/*.rs)
# Once, so that a change of the sources while it runs changes nothing.
cargo fuzz build "${arguments[@]}"
host=$(rustc -vV | sed -n 's/^host: //p')
for target in "$@"; do
    case $target in
    index | state) length=320 ;;
    addresses | text | conversation | calendar) length=4096 ;;
    options | book | presets | vcards) length=8192 ;;
    *) length=16384 ;;
    esac
    mkdir -p "artifacts/$target" "corpus/$target"
    log="artifacts/$target.log"
    : >"$log"
    end=$((SECONDS + seconds))
    # A finding ends libFuzzer: it is kept, and the rest of the time is used.
    for _ in 1 2 3 4 5 6; do
        left=$((end - SECONDS))
        [ "$left" -gt 2 ] || break
        "target/$host/release/$target" -artifact_prefix="artifacts/$target/" -max_total_time="$left" -max_len="$length" \
            -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 "corpus/$target" >>"$log" 2>&1 && break
    done
    executed=$(grep -a 'stat::number_of_executed_units' "$log" | awk '{sum += $2} END {print sum + 0}')
    coverage=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)
    count() { find "artifacts/$target" -name "$1-*" 2>/dev/null | wc -l; }
    echo "$target: $executed executions, $coverage, $(count crash) crashes, $(count timeout) timeouts, $(count oom) out of memory"
done
