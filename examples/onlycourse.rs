use overhang::engine::cpu::Sampling;
use overhang::engine::gpu::{GpuEngine, adapter};
use overhang::engine::{Draws, Engine, prepare, prepare_course};
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let scenario = overhang::scenario::load(file.as_ref()).unwrap().scenario;
    let plan = prepare(&scenario);
    let course = prepare_course(&scenario, &plan);
    let gpu = GpuEngine::new(&adapter::pick(Some("llvmpipe")).unwrap(), Sampling::Device, None).unwrap();
    for _ in 0..6 {
        let t = std::time::Instant::now();
        gpu.courses(&plan, &course, Draws { seed: 1, replicate: 0 }, 0..131072, &|_| true).unwrap();
        println!("{:?}", t.elapsed());
    }
}
