//! Writes every kernel of every scenario for compilers that are not part of wgpu: see benches/compilers/run.
//!
//! `cargo bench --bench compilers -- FOLDER` writes, for each entry point, the HLSL that wgpu would hand to FXC (shader
//! model 5.1) and to DXC (6.0), and a line of `kernels.tsv`: scenario, module, entry point, its name in HLSL.

mod hlsl;
#[path = "../../tests/shared/modules.rs"]
mod modules;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use naga::back::hlsl::ShaderModel;
use overhang::engine::gpu::compose;
use overhang::engine::prepare;
use overhang::plan::profile::Profile;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.expect("name a folder for the kernels");
    let mut list = String::new();
    for file in modules::files() {
        let name = Path::new(&file).file_stem().expect("it is a file").to_string_lossy().into_owned();
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let place = Path::new(&folder).join(&name);
        fs::create_dir_all(&place).expect("the folder is writable");
        for (kernel, module) in modules::modules(&plan, &Profile::of(&loaded.scenario, &plan)) {
            let module = compose::for_directx(module);
            let info = modules::validate(&module);
            for entry in module.entry_points.iter().map(|entry| &entry.name) {
                for (model, end) in [(ShaderModel::V5_1, "fxc"), (ShaderModel::V6_0, "dxc")] {
                    let (text, called) = hlsl::hlsl(&module, &info, entry, model);
                    fs::write(place.join(format!("{kernel}.{entry}.{end}.hlsl")), text).expect("it is writable");
                    if end == "fxc" {
                        writeln!(list, "{name}\t{kernel}\t{entry}\t{called}").expect("a String takes all");
                    }
                }
            }
        }
    }
    fs::write(Path::new(&folder).join("kernels.tsv"), list).expect("the folder is writable");
}
