#!/usr/bin/env nextflow
// A sweep of overhang as a Nextflow workflow: N shards, and a merge when all of them are done.
//
//   nextflow run deploy/nextflow/main.nf --scenario deal.toml --store store --shards 8 \
//       --sweep '--axis contract.cloud.take_or_pay=0.5:1.0:11 --paths 1e5'
//
// Nextflow gives each attempt of a task a new work folder. So the stores are at a fixed place, STORE and STORE.shards, which all
// machines must see: a task that was killed resumes its shard from what is on disk. Run the same command with -resume after an
// interruption. Paths in --sweep, such as that of a --list, must be absolute.
// A shard is done when it is computed. The merge tests the conditions of --fail-if: if one holds, it fails, and the merged store
// is complete anyway.

params.overhang = 'overhang'    // the program, or its absolute path
params.scenario = 'deal.toml'
params.store = 'store'
params.shards = 8
params.threads = 1              // cores of each task
params.gpus = 0                 // 1: each task takes the GPU that the scheduler gives it
params.sweep = '--axis contract.cloud.take_or_pay=0.5:1.0:11 --paths 1e5'
params.merge = ''               // options of overhang merge, such as --fail-if

process shard {
    tag "${index}"
    cpus params.threads
    maxRetries 3
    // 143: stopped cleanly before it was done; 137: killed. After other failures running the shard again does not help.
    errorStrategy { task.exitStatus in [137, 143] ? 'retry' : 'finish' }

    input:
    val index
    path scenario
    val store

    output:
    val index

    script:
    """
    mkdir -p '${store}.shards/logs'
    # The scheduler gives the task its own GPU, but Vulkan sees every GPU of the node. So the task asks for its GPU by address,
    # whose domain nvidia-smi writes with eight digits instead of four.
    if [ ${params.gpus} != 0 ] && [ -n "\${CUDA_VISIBLE_DEVICES:-}" ] && command -v nvidia-smi > /dev/null &&
        gpu=\$(nvidia-smi --id="\$CUDA_VISIBLE_DEVICES" --query-gpu=pci.bus_id --format=csv,noheader | sed 's/^0000//' | paste -sd, -); then
        export OVERHANG_ADAPTER="\${gpu,,}"
    fi
    exec '${params.overhang}' sweep '${scenario}' ${params.sweep} --out '${store}.shards/${index}' --shard ${index}/${params.shards} \
        --threads ${task.cpus} --log '${store}.shards/logs/${index}.jsonl' --no-progress
    """
}

process merge {
    input:
    val indices
    val store

    output:
    val store

    script:
    def shards = indices.collect { index -> "'${store}.shards/${index}'" }.join(' ')
    """
    exec '${params.overhang}' merge '${store}' ${shards} ${params.merge}
    """
}

workflow {
    store = file(params.store).toAbsolutePath().toString()
    done = shard(channel.of(0..(params.shards - 1)), file(params.scenario, checkIfExists: true), store)
    merge(done.toSortedList(), store)
}
