//! The binary as people and scripts use it: output, exit codes, files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::command::{self, SCENARIO};
use parquet::file::reader::{FileReader, SerializedFileReader};

fn overhang(arguments: &[&str]) -> Output {
    command::overhang(arguments).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

/// A fresh place for files.
fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room for temporary files")
}

fn path(place: &tempfile::TempDir, name: &str) -> (PathBuf, String) {
    let path = place.path().join(name);
    let text = path.to_str().expect("temporary paths are UTF-8").to_string();
    (path, text)
}

#[test]
fn a_run_prints_the_answer_on_standard_output_and_nothing_else_there() {
    let output = overhang(&["run", SCENARIO, "--paths", "20_000", "--backend", "cpu"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let table = text(&output.stdout);
    for expected in ["total commitment cost", "bubble-risk probability", "expected shortfall 95%", "20,000 paths"] {
        assert!(table.contains(expected), "no `{expected}` in\n{table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 100), "wider than 100 columns");
}

#[test]
fn the_answer_is_drawn_unless_it_is_to_be_plain() {
    let run = |more: &[&str]| {
        let arguments = ["run", SCENARIO, "--paths", "20_000", "--backend", "cpu"];
        text(&overhang(&[&arguments[..], more].concat()).stdout)
    };
    let (drawn, plain) = (run(&[]), run(&["--plain"]));
    assert!(drawn.contains('█') && drawn.contains("E expected shortfall 99%"), "{drawn}");
    assert!(!plain.contains('█') && !plain.contains("E expected shortfall"), "{plain}");
    assert!(plain.lines().count() < drawn.lines().count());
    let numbers = |text: &str| {
        text.lines().filter(|line| line.contains("commitment cost")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&drawn), numbers(&plain));
}

#[test]
fn shells_and_manual_readers_get_all_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let asking = text(&overhang(&["completions", shell]).stdout);
        assert!(asking.contains("OVERHANG_COMPLETE") && asking.contains("overhang"), "{shell}: {asking}");
        let script = text(&overhang(&["completions", shell, "--static"]).stdout);
        assert!(
            ["sweep", "compare", "--take-or", "run"].iter().filter(|word| script.contains(**word)).count() == 3,
            "{shell}"
        );
    }
    assert!(text(&overhang(&["man"]).stdout).contains(".TH overhang 1"));
    let place = place();
    let (folder, name) = path(&place, "man1");
    assert_eq!(code(&overhang(&["man", "--out", &name])), 0);
    let pages = std::fs::read_dir(&folder).expect("it was made").count();
    let help = text(&overhang(&["--help"]).stdout);
    let commands = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list").lines();
    // a page for each command but `help`, and one for the program
    assert_eq!(pages, commands.filter(|line| !line.trim().is_empty()).count(), "{help}");
    let sweep = std::fs::read_to_string(folder.join("overhang-sweep.1")).expect("it is there");
    assert!(sweep.contains("commit") && sweep.contains("Examples"), "{sweep}");
}

#[test]
fn the_engine_s_choice_is_told_on_standard_error_unless_told_to_be_quiet() {
    let arguments = ["run", SCENARIO, "--paths", "256"];
    let output = overhang(&arguments);
    let said = text(&output.stderr);
    assert!(said.contains("; using the CPU (") || said.contains("Using the GPU "), "{said}");
    let quiet = overhang(&[&arguments[..], &["--quiet"]].concat());
    assert!(!text(&quiet.stderr).contains("sing the "), "{}", text(&quiet.stderr));
}

#[test]
fn adapters_that_are_not_there_are_errors() {
    let run = |adapter: &str| overhang(&["run", SCENARIO, "--paths", "256", "--adapter", adapter]);
    for wrong in ["", "0,", "GPU-4f1c0a5e-0000-0000-0000-000000000000"] {
        let output = run(wrong);
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{wrong}: {}", text(&output.stderr));
    }
    // 1024 is an index, whatever driver has it in its name
    for wrong in ["1024", "no such adapter", "ffff:ff:1f.7", "ffff:ffff"] {
        let output = run(wrong);
        assert_eq!((code(&output), output.stdout.len()), (1, 0), "{wrong}: {}", text(&output.stderr));
    }
}

#[test]
fn the_environment_confines_the_program_to_some_adapters() {
    let with = |adapters: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_overhang"));
        command.args(arguments).env("OVERHANG_ADAPTER", adapters).output().expect("it starts")
    };
    for wrong in ["", "1024", "no such adapter"] {
        let output = with(wrong, &["devices"]);
        let said = text(&output.stderr);
        assert!(code(&output) == 1 && said.contains("OVERHANG_ADAPTER: "), "{wrong}: {said}");
        // the CPU engine asks for no adapter
        assert_eq!(code(&with(wrong, &["run", SCENARIO, "--paths", "256", "--backend", "cpu"])), 0, "{wrong}");
    }
    let shown = |output: &std::process::Output| -> Vec<String> {
        let names = text(&output.stdout);
        names.lines().filter_map(|line| Some(line.strip_prefix("adapter ")?.split_once(": ")?.1.to_owned())).collect()
    };
    let all = shown(&overhang(&["devices"]));
    for (index, name) in all.iter().enumerate() {
        assert_eq!(shown(&with(&index.to_string(), &["devices"])), std::slice::from_ref(name));
    }
    if let [first, second, ..] = &all[..] {
        assert_eq!(shown(&with("1,0", &["devices"])), [second.clone(), first.clone()]);
        let second = with("1", &["run", SCENARIO, "--paths", "256", "--adapter", "1"]);
        assert_eq!(code(&second), 1, "the only one in sight is 0");
        let run = overhang(&["run", SCENARIO, "--paths", "8192", "--adapter", "1,0", "--format", "json"]);
        let document: serde_json::Value = serde_json::from_slice(&run.stdout).expect("it is a document");
        let names: Vec<_> = document["run"]["shares"].as_array().into_iter().flatten().collect();
        assert_eq!(names.iter().map(|share| &share["adapter"]).collect::<Vec<_>>(), [all[1].as_str(), all[0].as_str()]);
    }
}

#[test]
fn json_is_the_same_for_the_same_seed_apart_from_the_run() {
    let run = |threads| {
        let arguments =
            ["run", SCENARIO, "--paths", "10000", "--format", "json", "--backend", "cpu", "--threads", threads];
        let output = overhang(&arguments);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        document
    };
    let (mut one, mut two) = (run("1"), run("2"));
    assert_eq!(one["figures"]["openai"]["commitment_cost"]["side"], "high");
    assert!(one["figures"]["openai"]["commitment_cost"]["shortfall"]["0.95"]["value"].is_number());
    assert!(one["figures"]["system"]["commitment_cost"]["mean"].is_number());
    assert!(one["contracts"]["aws"]["stranded_cost"]["se"].is_number());
    assert!(one["vendors"]["AWS"]["commitment_cost"]["mean"].is_number());
    assert_eq!(one["bubble"]["system"]["by_period"].as_array().map(Vec::len), Some(84));
    assert_eq!(one["run"]["threads"], 1);
    let keys: Vec<&String> = one.as_object().expect("an object").keys().collect();
    assert_eq!(keys.first().map(|key| key.as_str()), Some("schema_version"));
    one.as_object_mut().and_then(|of| of.remove("run"));
    two.as_object_mut().and_then(|of| of.remove("run"));
    assert_eq!(one, two);
}

#[test]
fn exit_codes_tell_usage_scenario_and_failure_apart() {
    let place = place();
    let (broken, broken_text) = path(&place, "broken.toml");
    let scenario = std::fs::read_to_string(SCENARIO).expect("the scenario is there");
    std::fs::write(&broken, scenario.replace("take_or_pay = ", "take_or_pay = 1")).expect("there is room");
    let cases: [(&[&str], i32, &str); 9] = [
        (&["run", SCENARIO, "--paths", "0"], 2, "1 to"),
        (&["run", SCENARIO, "--paths", "1e13"], 2, "1 to"),
        (&["run", SCENARIO, "--levels", "95"], 2, "between 0 and 1"),
        (&["run", "no-such-file.toml"], 2, "no-such-file.toml"),
        (&["run", &broken_text], 2, "take_or_pay"),
        (&["run", SCENARIO, "--backend", "gpu", "--precision", "f64"], 2, "f32"),
        (&["run", SCENARIO, "--adapter", "x", "--backend", "cpu"], 2, "--adapter"),
        (&["walk"], 2, "walk"),
        (&["run", SCENARIO, "--save-paths", "10"], 2, "--out"),
    ];
    for (arguments, expected, message) in cases {
        let output = overhang(arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(message), "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{arguments:?} printed data");
    }
    let unknown = overhang(&["run", SCENARIO, "--adapter", "no such adapter"]);
    assert_eq!(code(&unknown), 1, "{}", text(&unknown.stderr));
    assert!(text(&unknown.stderr).contains("hint: "));
}

fn rows(file: &Path) -> (i64, Vec<String>) {
    let reader = SerializedFileReader::new(std::fs::File::open(file).expect("it is there")).expect("it is Parquet");
    let metadata = reader.metadata().file_metadata();
    let columns = metadata.schema_descr().columns().iter().map(|column| column.name().to_string()).collect();
    (metadata.num_rows(), columns)
}

#[test]
fn a_folder_of_results_is_whole_and_never_written_over() {
    let place = place();
    let (folder, folder_text) = path(&place, "nested/result");
    let arguments = ["run", SCENARIO, "--paths", "2000", "-q", "--out", &folder_text, "--save-paths", "300"];
    let output = overhang(&arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it is readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected =
        ["distributions.parquet", "paths.parquet", "result.json", "scenario.toml", "term_structures.parquet"];
    assert_eq!(names, expected);
    let copy = std::fs::read_to_string(folder.join("scenario.toml")).expect("it is there");
    assert_eq!(copy, std::fs::read_to_string(SCENARIO).expect("it is there"));
    let (count, columns) = rows(&folder.join("paths.parquet"));
    assert_eq!(count, 300);
    for column in
        ["path", "openai.commitment_cost", "contract.aws.stranded_cost", "openai.cash_out", "openai.bubble_time"]
    {
        assert!(columns.contains(&column.to_string()), "no {column} in {columns:?}");
    }
    let (count, columns) = rows(&folder.join("term_structures.parquet"));
    assert_eq!((count % 84, columns[0].as_str()), (0, "owner"));
    assert!(rows(&folder.join("distributions.parquet")).0 > 500);

    let before = std::fs::metadata(folder.join("result.json")).expect("it is there").modified().expect("a time");
    let again = overhang(&arguments);
    assert_eq!(code(&again), 1);
    assert!(text(&again.stderr).contains("already exists"), "{}", text(&again.stderr));
    assert_eq!(std::fs::metadata(folder.join("result.json")).expect("still").modified().expect("a time"), before);
    // nothing is left beside it
    assert_eq!(std::fs::read_dir(place.path().join("nested")).expect("it is there").count(), 1);
}

#[test]
fn a_path_run_again_alone_is_the_path_of_the_run() {
    let place = place();
    let (folder, folder_text) = path(&place, "result");
    let scenario = "tests/cases/two-labs.toml";
    overhang(&[
        "run",
        scenario,
        "--paths",
        "512",
        "-q",
        "--backend",
        "cpu",
        "--out",
        &folder_text,
        "--save-paths",
        "512",
    ]);
    let output = overhang(&["run", scenario, "--path", "411", "--format", "json"]);
    let trace: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let last = trace["periods"].as_array().and_then(|periods| periods.last()).expect("there are periods");
    let cash = last["organizations"]["alpha"]["cash"].as_f64().expect("a number");
    let saved = saved_value(&folder.join("paths.parquet"), 411, "alpha.final_cash");
    assert_eq!(cash, saved);
    assert!(text(&overhang(&["run", scenario, "--path", "411"]).stdout).contains("contract alpha_index"));
    // a stranded cost of $0.3bn stands beside bills of $4.65bn
    let clauses = text(&overhang(&["run", "docs/examples/clauses.toml", "--path", "0"]).stdout);
    assert!(clauses.contains("Money in $bn") && clauses.contains("0.30000"), "{clauses}");
    assert!(!clauses.contains(", m"), "{clauses}");
}

fn saved_value(file: &Path, row: usize, column: &str) -> f64 {
    let reader = SerializedFileReader::new(std::fs::File::open(file).expect("it is there")).expect("it is Parquet");
    let row = reader.get_row_iter(None).expect("rows").nth(row).expect("so many rows").expect("it is readable");
    let (_, field) = row.get_column_iter().find(|(name, _)| *name == column).expect("the column is there");
    match field {
        parquet::record::Field::Double(value) => *value,
        other => panic!("{column} is {other:?}"),
    }
}

#[test]
fn devices_names_what_auto_takes() {
    let output = overhang(&["devices"]);
    assert_eq!(code(&output), 0);
    assert!(text(&output.stdout).contains("auto uses "), "{}", text(&output.stdout));
}

#[test]
fn the_version_has_its_commit_and_results_carry_it() {
    let version = text(&overhang(&["--version"]).stdout);
    let result = overhang(&["run", SCENARIO, "--paths", "256", "--backend", "cpu", "--format", "json", "-q"]);
    let result: serde_json::Value = serde_json::from_slice(&result.stdout).expect("it is JSON");
    let provenance = |key: &str| result["provenance"][key].as_str();
    let number = env!("CARGO_PKG_VERSION");
    assert_eq!(provenance("program_version"), Some(number));
    // as in a checkout; elsewhere they are not known
    match (provenance("program_commit"), provenance("program_date")) {
        (Some(commit), Some(date)) => assert_eq!(version, format!("overhang {number} ({commit}, {date})\n")),
        (Some(commit), None) => assert_eq!(version, format!("overhang {number} ({commit})\n")),
        _ => assert_eq!(version, format!("overhang {number}\n")),
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::io::Read;
    let mut child = Command::new(env!("CARGO_BIN_EXE_overhang"))
        .args(["run", SCENARIO, "--paths", "256", "--format", "json", "-q"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let mut complaints = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut complaints).expect("UTF-8");
    assert!(child.wait().expect("it ends").success());
    assert!(!complaints.contains("panicked") && !complaints.contains("error: standard"), "{complaints}");
}

/// A scenario whose bounds are in the unit of the index, and not in that of the rate that they bound.
#[test]
fn amounts_of_another_size_are_warned_of_once_by_every_command() {
    let folder = place();
    let sound = std::fs::read_to_string("src/magnitude/sound.toml").expect("it is there");
    let bounds = "floor_index = 1.4, cap_index = 2.6";
    assert_eq!(sound.matches(bounds).count(), 1);
    let variant = "\n[[variant]]\nname = \"lean\"\nset = { \"contract.fixed.take_or_pay\" = 0.5 }\n";
    let doubtful = sound.replace(bounds, "floor = 1.40, cap = 2.60") + variant;
    let line = doubtful.lines().position(|line| line.contains("floor = 1.40")).expect("it was put there") + 1;
    let (file, _) = path(&folder, "deal.toml");
    std::fs::write(&file, doubtful).expect("it can be written");
    let (file, store) = (file.to_str().expect("text"), folder.path().join("store"));
    let store = store.to_str().expect("text");
    let few = ["--paths", "256", "--backend", "cpu"];
    let commands: [Vec<&str>; 4] = [
        vec!["check", file],
        [&["run", file][..], &few].concat(),
        [&["compare", file][..], &few].concat(),
        [&["sweep", file, "--axis", "contract.fixed.take_or_pay=0.5,0.7,0.9", "--out", store][..], &few].concat(),
    ];
    for command in commands {
        let output = overhang(&command);
        let said = text(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
        let place = format!("{file}:{line}:");
        for wanted in [
            "warning: `floor` is 1.4, but `h100` × `scale`, less the discount, comes to at least 8.164e9 USD per GW-year",
            "warning: `cap` is 2.6, but `h100` × `scale`, less the discount, comes to at least 8.164e9 USD per GW-year",
        ] {
            assert_eq!(said.matches(wanted).count(), 1, "{command:?}: {said}");
        }
        assert!(
            said.contains(&place) && said.contains("write `floor_index` for a bound in the unit of `h100`"),
            "{said}"
        );
    }
    let quiet = overhang(&["check", file, "--quiet", "--format", "json"]);
    assert_eq!(text(&quiet.stderr), "");
    let found: serde_json::Value = serde_json::from_slice(&quiet.stdout).expect("it is JSON");
    assert_eq!(found[0]["warnings"][0]["key"], "contract.indexed.rate.floor");
    assert_eq!(found[0]["warnings"][0]["line"], line);
}

/// Quasi-random trajectories are written scramble by scramble, so that a run on the file has the paths of the run that draws them.
#[test]
fn sampled_quasi_random_trajectories_are_those_of_a_run() {
    let place = place();
    // it has no clauses, whose words no file has
    let scenario = "tests/cases/one-lab.toml";
    let drawn = ["--points", "sobol", "--replicates", "3", "--paths", "1500", "--seed", "5", "--construction", "time"];
    let paths = |name: &str, more: &[&str]| {
        let (folder, out) = path(&place, name);
        let run = ["run", scenario, "--backend", "cpu", "-q", "--save-paths", "1e4", "--force", "--out", &out];
        let output = overhang(&[&run[..], more].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        folder.join("paths.parquet")
    };
    let expected = paths("drawn", &drawn);
    assert_eq!(rows(&expected).0, 1536);
    for name in ["points.parquet", "points.npy"] {
        let (_, file) = path(&place, name);
        let output = overhang(&[&["sample", scenario, "--out", &file], &drawn[..]].concat());
        let told = text(&output.stderr);
        assert_eq!(code(&output), 0, "{told}");
        assert!(told.contains("1536 paths instead of 1500: 3 scrambles of 512 points"), "{told}");
        let table = |file: &Path| overhang::storage::parquet::read(file).expect("it is a table");
        assert!(table(&paths("read", &["--trajectories", &file])) == table(&expected), "{name}");
    }
}
