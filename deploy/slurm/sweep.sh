#!/usr/bin/env bash
# A sweep of overhang as a Slurm job: an array with one shard per task, and a merge that starts when all tasks are done.
#
#   overhang sweep deal.toml --axis … --out store --slurm 8 > job.sh    # fills in the settings below
#   bash job.sh                                                         # submits both jobs and prints their numbers
#
# A task that is preempted, requeued or out of time stops cleanly on SIGTERM, asks to be queued again, and resumes where it
# stopped. A task that was killed does the same up to three times, because its own memory may be what kills it.
# A task is done when its shard is computed. Conditions of --fail-if are tested once, by the merge, which then ends with exit code 3.
# Put options of sbatch on the command line: bash job.sh --partition=gpu --time=2:00:00
set -euo pipefail

# settings: begin
TASKS=8
STORE=store
GPUS=0
SWEEP=(overhang sweep deal.toml --axis contract.aws.take_or_pay=0.5:1.0:11)
MERGE=(overhang merge)
# settings: end

if [ -z "${SLURM_JOB_ID:-}" ]; then
    mkdir -p "$STORE.shards/logs"
    options=(--parsable --job-name=overhang --requeue --open-mode=append --signal=B:TERM@60)
    [ "$GPUS" = 0 ] || options+=(--gres="gpu:$GPUS")
    array=$(sbatch "${options[@]}" --array="0-$((TASKS - 1))" --output="$STORE.shards/logs/%a.log" "$@" "$0" shard)
    merge=$(sbatch --parsable --job-name=overhang-merge --dependency="afterok:${array%%;*}" \
        --output="$STORE.shards/logs/merge.log" "$@" "$0" merge)
    echo "array ${array%%;*}, merge ${merge%%;*}; the result will be in $STORE, the logs are in $STORE.shards/logs"
elif [ "${1:?}" = merge ]; then
    exec "${MERGE[@]}" "$STORE" "$STORE.shards"/[0-9]*
else
    index=$SLURM_ARRAY_TASK_ID
    options=(--shard "$index/$TASKS" --out "$STORE.shards/$index" --log "$STORE.shards/logs/$index.jsonl" --no-progress)
    [ -z "${SLURM_CPUS_PER_TASK:-}" ] || options+=(--threads "$SLURM_CPUS_PER_TASK")
    # Slurm gives each task its own GPU, but Vulkan sees every GPU of the node unless the cluster hides the others. So the
    # task asks for its GPU by address, whose domain nvidia-smi writes with eight digits instead of four.
    if [ "$GPUS" != 0 ] && [ -n "${CUDA_VISIBLE_DEVICES:-}" ] && command -v nvidia-smi > /dev/null &&
        gpu=$(nvidia-smi --id="$CUDA_VISIBLE_DEVICES" --query-gpu=pci.bus_id --format=csv,noheader |
            sed 's/^0000//' | paste -sd, -); then
        options+=(--adapter "${gpu,,}")
    fi
    # in the background, so that this shell receives signals at once and passes them on
    "${SWEEP[@]}" "${options[@]}" &
    sweep=$!
    stopped=0
    trap 'stopped=1; kill -TERM "$sweep" 2> /dev/null || true' TERM
    code=0
    wait "$sweep" || code=$?
    if [ "$stopped" = 1 ]; then
        # the signal ended the first wait
        code=0
        wait "$sweep" || code=$?
    fi
    # 143: stopped cleanly before it was done; 137: killed
    if [ "$code" = 143 ] || { [ "$code" = 137 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; }; then
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$index"
    fi
    exit "$code"
fi
