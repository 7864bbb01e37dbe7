//! Sweeps of scenarios with uncertain inputs: every point has the same parameter sets, however the work is cut.

use std::fs;
use std::process::{Output, Stdio};

use overhang::result::ResultDocument;
use overhang::sweep::Store;

use super::command::{Place, code, overhang, rows, stderr};
use super::points::assert_same;

const PRICE: &str =
    "[[uncertain]]\nkey = \"factor.price.volatility\"\ndistribution = \"lognormal\"\nlow = 0.2\nhigh = 0.4\n";
const FLOOR: &str =
    "[[uncertain]]\nkey = \"contract.base.take_or_pay\"\ndistribution = \"uniform\"\nmin = 0.5\nmax = 0.9\n";
const VARIANTS: &str = "[[variant]]\nname = \"firm\"\nset = { \"contract.base.take_or_pay\" = 1.0 }\n";
const SETS: [&str; 8] = ["--draws", "32", "--paths", "20000", "--replicates", "8", "--backend", "cpu"];

/// The scenario of the other tests with these lines added to it.
fn file(place: &Place, lines: &str) -> String {
    let text = fs::read_to_string(super::command::SCENARIO).expect("it is there");
    let name = format!("{}.toml", lines.len());
    fs::write(place.path(&name), text + "\n" + lines).expect("it can be written");
    place.at(&name)
}

fn sweep(file: &str, out: &str, more: &[&str]) -> Output {
    overhang(&[&["sweep", file, "--out", out][..], &SETS, more].concat(), Stdio::piped())
}

fn run(file: &str, more: &[&str]) -> ResultDocument {
    let output = overhang(&[&["run", file, "--format", "json"][..], &SETS, more].concat(), Stdio::piped());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("it is a document")
}

#[test]
fn rows_are_the_same_bits_however_the_work_is_cut_and_those_of_runs() {
    let place = Place::new();
    let file = file(&place, &[PRICE, FLOOR].concat());
    let axis = ["--axis", "discount.rate=0.05,0.08,0.15"];
    for points in [&[][..], &["--points", "sobol"]] {
        let whole = place.at(&format!("whole-{}", points.len()));
        let with = |more: &[&'static str]| [&axis[..], points, more].concat();
        let output = sweep(&file, &whole, &with(&[]));
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("32 parameter sets with"), "{}", stderr(&output));
        let expected = rows(&whole);
        assert_eq!(expected.len(), 3);
        for (name, more) in [
            ("alone", &["--batch", "1", "--threads", "1"][..]),
            ("together", &["--batch", "3"]),
            ("parts", &["--path-shards", "3"]),
        ] {
            let out = place.at(&format!("{name}-{}", points.len()));
            assert_eq!(code(&sweep(&file, &out, &with(more))), 0, "{name}");
            assert_eq!(rows(&out), expected, "{name}");
        }
        let document = run(&file, points);
        assert_eq!(document.provenance.sampling.parameter_sets, Some(32));
        assert_same(&document, &expected[1].1);
        let text = fs::read_to_string(&file).expect("it is there");
        let other = place.at("other.toml");
        fs::write(&other, text.replacen("rate = 0.08\n", "rate = 0.15\n", 1)).expect("it can be written");
        assert_same(&run(&other, points), &expected[2].1);
    }
    // another number of sets is another sweep
    let output = sweep(&file, &place.at("whole-0"), &[&axis[..], &["--draws", "64"]].concat());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("`sets"), "{}", stderr(&output));
}

#[test]
fn what_an_axis_or_a_variant_sets_is_certain() {
    let place = Place::new();
    let both = file(&place, &[PRICE, FLOOR, VARIANTS].concat());
    let out = place.at("axis");
    assert_eq!(code(&sweep(&both, &out, &["--axis", "contract[1].take_or_pay=0.8,1.0"])), 0);
    let found = rows(&out);
    // the same as where only the other input is uncertain
    let text = fs::read_to_string(file(&place, PRICE)).expect("it is there");
    let certain = place.at("certain.toml");
    fs::write(&certain, text.replace("take_or_pay = 0.9", "take_or_pay = 1.0")).expect("it can be written");
    assert_same(&run(&certain, &[]), &found[1].1);
    // a variant that sets it says the same
    let out = place.at("variant");
    assert_eq!(code(&sweep(&both, &out, &["--axis", "variant=firm"])), 0);
    assert_eq!(rows(&out)[0].1, found[1].1);
    // entries keep their numbers in a variant that sets the key of one
    let calm = VARIANTS
        .replace("firm", "calm")
        .replace("contract.base.take_or_pay\" = 1.0", "factor.price.volatility\" = 0.3");
    let numbered = file(&place, &[PRICE, FLOOR, &calm].concat());
    let out = place.at("numbered");
    assert_eq!(code(&sweep(&numbered, &out, &["--axis", "variant=calm", "--axis", "uncertain[2].max=0.6,0.9"])), 0);
    let found = rows(&out);
    assert!(found[0].1 != found[1].1, "the floor has another range");
    let output =
        sweep(&numbered, &place.at("gone"), &["--axis", "variant=calm", "--axis", "uncertain[1].high=0.5,0.6"]);
    assert!(code(&output) == 2 && stderr(&output).contains("`uncertain[1]` does not apply"), "{}", stderr(&output));
    // all inputs may be set
    let out = place.at("all");
    let all = ["--axis", "factor.price.volatility=0.3", "--axis", "contract.base.take_or_pay=0.7"];
    let output = sweep(&both, &out, &all);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let store = Store::read(out.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    assert!(store.manifest.sets.is_none() && store.manifest.paths == 20_000, "{:?}", store.manifest.sets);
}

#[test]
fn points_with_numbers_of_their_own_have_sets_of_their_own() {
    let place = Place::new();
    let file = file(&place, PRICE);
    let list = place.at("list.csv");
    fs::write(&list, "discount.rate\n0.1\n0.1\n").expect("it can be written");
    for (name, more, same) in [("common", &[][..], true), ("independent", &["--independent"], false)] {
        let out = place.at(name);
        let output = sweep(&file, &out, &[&["--list", &list][..], more].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let found = rows(&out);
        assert_eq!(found[0].1 == found[1].1, same, "{name}");
    }
    let output = sweep(&file, &place.at("centre"), &["--list", &list, "--at-centre"]);
    assert_eq!(code(&output), 2, "--draws and --at-centre do not go together");
}

#[test]
fn shards_are_joined_and_what_a_store_lacks_is_computed_again() {
    let place = Place::new();
    let file = file(&place, &[PRICE, FLOOR].concat());
    let base = ["--axis", "discount.rate=0.02:0.14:12", "--commit-every", "0", "--batch", "1"];
    let (whole, out) = (place.at("whole"), place.at("merged"));
    assert_eq!(code(&sweep(&file, &whole, &base)), 0);
    let shard = |index| [&base[..], &["--shard", index]].concat();
    let parts = ["0/2", "1/2"].map(|index| {
        let part = place.at(&index.replace('/', "-"));
        assert_eq!(code(&sweep(&file, &part, &shard(index))), 0);
        part
    });
    let merged = super::command::merge(&out, &parts);
    assert_eq!(code(&merged), 0, "{}", stderr(&merged));
    assert_eq!(rows(&out), rows(&whole));
    // what a store lacks is computed to the same bits
    let store = Store::read(parts[0].as_ref()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(store.manifest.sets.map(|sets| (sets.count, sets.replicates)), Some((32, 8)));
    let results = place.path("whole").join("results");
    let part = fs::read_dir(results).expect("it is there").next().expect("there is one").expect("it can be read");
    fs::remove_file(part.path()).expect("it can be removed");
    assert_eq!(code(&sweep(&file, &whole, &base)), 0);
    assert_eq!(rows(&out), rows(&whole));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = Place::new();
    let (certain, uncertain) = (file(&place, ""), file(&place, PRICE));
    let refused = |file: &str, more: &[&str], says: &str| {
        let axis = ["--axis", "discount.rate=0.05,0.1"];
        let never = place.at("never");
        let words = [&["sweep", file, "--out", &never, "--backend", "cpu", "--quiet"], &axis[..], more].concat();
        let output = overhang(&words, Stdio::piped());
        assert_eq!(code(&output), 2, "{more:?}: {}", stderr(&output));
        super::super::command::assert_helps(&stderr(&output));
        assert!(stderr(&output).contains(says), "{more:?}: {}", stderr(&output));
    };
    refused(&certain, &["--draws", "64"], "has no uncertain inputs");
    let write = |text: &str| fs::write(place.path("sweep.toml"), text).expect("it can be written");
    let with_file = ["--sweep", &place.at("sweep.toml")];
    write("draws = 64\n");
    refused(&certain, &with_file, "`draws` sets the number of parameter sets");
    write("replicates = 8\n");
    refused(&certain, &with_file, "the sweep has neither");
    refused(&uncertain, &["--target", "bubble.system.probability ± 0.01"], "--target cannot be combined");
    // a set that makes no scenario is told with its point and values
    let wide = file(&place, &FLOOR.replace("max = 0.9", "max = 1.2"));
    refused(&wide, &["--paths", "1000"], "point 0: ");
    refused(&wide, &["--paths", "1000"], "contract.base.take_or_pay = 1");
    assert!(fs::read_dir(place.path("never").join("results")).is_ok_and(|mut parts| parts.next().is_none()));
}
