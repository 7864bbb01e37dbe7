//! `overhang verify`: the adapters of this machine against the CPU engine, and the page for a browser.

use std::fs;

use super::adapters;
use super::command::{assert_helps, output, overhang};

#[test]
fn an_adapter_agrees_with_the_cpu() {
    let is_there = !overhang::engine::gpu::adapter::adapters().is_empty();
    // the first one, since other tests compare all of them with the CPU
    let adapter: &[&str] = if is_there { &["--adapter", "0"] } else { &[] };
    let (code, stdout, stderr) = output(overhang(&[&["verify"], adapter].concat()));
    if !is_there {
        assert_eq!(code, 1);
        assert_helps(&stderr);
        return adapters::skip();
    }
    assert_eq!(code, 0, "{stdout}{stderr}");
    for scenario in ["start", "full", "aws-38b", "anthropic", "openai", "industry"] {
        let rows = stdout.lines().filter(|line| line.split_whitespace().any(|word| word == scenario));
        let rows: Vec<&str> = rows.collect();
        assert_eq!(rows.len(), 1, "{scenario}:\n{stdout}");
        assert!(rows.iter().all(|row| row.ends_with("agrees")), "{stdout}");
    }
}

#[test]
fn a_page_is_written_and_carries_kernels() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("verify.html");
    let file = file.to_str().unwrap();
    let (code, stdout, stderr) = output(overhang(&["verify", "--page", file]));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("wrote "), "{stderr}");
    let page = fs::read_to_string(file).unwrap();
    for text in ["id=\"run-again\"", "fn simulate(", "\"name\":\"industry\""] {
        assert!(page.contains(text), "no {text}");
    }
    for wrong in [&["verify", "--page", "verify.txt"][..], &["verify", "--page", file, "--adapter", "0"]] {
        let (code, _, stderr) = output(overhang(wrong));
        assert_eq!(code, 2, "{wrong:?}: {stderr}");
    }
}
