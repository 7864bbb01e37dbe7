//! The use cases as a library: options that all builders share, what observers are told, and how work ends that is stopped.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use overhang::engine::select::{Backend, Wish};
use overhang::engine::{Precision, Sampling};
use overhang::result::{self, EstimateRequest, Estimated as _, ResultDocument, RunInfo, Target};
use overhang::run::{
    Bench, Builder, CompareBuilder, Doubt, Observer, ProfileBuilder, Remark, RunBuilder, RunError, Stage,
};
use overhang::scenario::{Loaded, parse};
use overhang::sweep::axis::Axis;
use overhang::sweep::design::Kind;
use overhang::sweep::rows::Row;
use overhang::sweep::{Ended, Shard, SweepBuilder, SweepFailure};

const START: &str = include_str!("../../docs/examples/start.toml");

fn start() -> Loaded {
    parse(START, "start.toml").unwrap_or_else(|failure| panic!("{failure}"))
}

/// Options that every builder takes.
fn small<K>(builder: Builder<K>) -> Builder<K> {
    builder.backend(Backend::Cpu).paths(3000).seed(5).threads(2)
}

/// Notes what it is told, and stops in the stages that it is asked to.
#[derive(Default)]
struct Noted {
    told: Mutex<Vec<String>>,
    stages: Mutex<Vec<Stage>>,
    stops: Option<fn(Stage) -> bool>,
    steps: AtomicUsize,
}

impl Noted {
    fn stopping(stops: fn(Stage) -> bool) -> Self {
        Noted { stops: Some(stops), ..Noted::default() }
    }

    fn stages(&self) -> Vec<Stage> {
        self.stages.lock().unwrap().clone()
    }
}

impl Observer for Noted {
    fn begins(&self, stage: Stage) {
        self.stages.lock().unwrap().push(stage);
        self.steps.store(0, Ordering::Relaxed);
    }

    fn advances(&self, steps: u64) -> bool {
        self.steps.fetch_add(steps as usize, Ordering::Relaxed);
        let stage = self.stages.lock().unwrap().last().copied();
        !stage.zip(self.stops).is_some_and(|(stage, stops)| stops(stage))
    }

    fn remarks(&self, remark: &Remark) {
        self.told.lock().unwrap().push(match remark {
            Remark::Doubt(doubt) => doubt.to_string(),
            Remark::Outlook(outlook) => outlook.to_string(),
            Remark::Rounded { asked, .. } | Remark::Sets { asked, .. } => asked.to_string(),
            Remark::Engine(text) | Remark::Incident(text) => text.clone(),
        });
    }
}

#[test]
fn options_mean_the_same_to_every_builder() {
    let loaded = [start()];
    let exact = |document: &ResultDocument| {
        let (sampling, run) = (&document.provenance.sampling, &document.run);
        assert_eq!((sampling.seed, sampling.paths, &*sampling.precision), (5, 3000, "f64"));
        assert_eq!((&*sampling.backend, run.threads), ("cpu", Some(2)));
        let levels: Vec<String> =
            document.figures["lab"].values().flat_map(|of| of.var.keys().map(ToString::to_string)).collect();
        assert!(!levels.is_empty() && levels.iter().all(|level| level == "0.9"), "{levels:?}");
    };
    let asked = EstimateRequest { levels: vec![0.9], quantiles: vec![0.5] };
    let run = small(RunBuilder::new(&loaded[0].scenario)).precision(Precision::Double).asked(asked.clone());
    exact(&run.run().expect("it runs").document);
    let compare = CompareBuilder::new(&loaded).expect("it has variants");
    let compare = small(compare).precision(Precision::Double).asked(asked.clone());
    let compared = compare.run().expect("it runs").document;
    assert_eq!(compared.scenarios.keys().collect::<Vec<_>>(), ["start", "flexible", "smaller"]);
    compared.scenarios.values().for_each(|scenario| exact(&scenario.result));

    let place = tempfile::tempdir().expect("there is room");
    let sweep = SweepBuilder::new(&loaded[0]).axis(Axis::parse("discount.rate=0.05,0.1").expect("an axis"));
    let sweep = small(sweep).precision(Precision::Double).asked(asked);
    let swept = sweep.run(&place.path().join("store")).expect("it runs");
    let manifest = &swept.store.manifest;
    assert_eq!((manifest.seed, manifest.paths, &*manifest.engine.precision), (5, 3000, "f64"));
    assert_eq!((&manifest.levels, &manifest.quantiles), (&vec![0.9], &vec![0.5]));
    // at the base's own rate the point is the base
    let key = "figures.lab.compute_cost.mean".parse().expect("a key");
    let results = swept.results().expect("it can be read");
    assert_eq!(results[1].get(&key), compared.scenarios["start"].result.get(&key).expect("it is there"));
    assert_ne!(results[0].get(&key), results[1].get(&key));
}

#[test]
fn all_about_an_engine_at_once_is_the_same_as_one_by_one() {
    let loaded = start();
    let wish = Wish { backend: Backend::Cpu, sampling: Sampling::Host, threads: Some(2), ..Wish::default() };
    let at_once = RunBuilder::new(&loaded.scenario).paths(3000).engine(wish);
    let one_by_one =
        RunBuilder::new(&loaded.scenario).paths(3000).backend(Backend::Cpu).sampling(Sampling::Host).threads(2);
    let without_run =
        |of: RunBuilder| ResultDocument { run: RunInfo::default(), ..of.run().expect("it runs").document };
    assert_eq!(without_run(at_once), without_run(one_by_one));
}

#[test]
fn targets_decide_how_many_paths_there_are() {
    let loaded = [start()];
    let target = || "bubble.lab.probability ± 0.0009".parse::<Target>().expect("it is a target");
    let noted = Noted::default();
    let run = || RunBuilder::new(&loaded[0].scenario).backend(Backend::Cpu).target(target());
    let document = run().observe(&noted).run().expect("it runs").document;
    let found = document.convergence.as_ref().expect("it has a target");
    let told = noted.told.lock().unwrap().clone();
    assert_eq!((found.ended, found.stages.len(), told.len()), (result::Ended::Met, 2, 2), "{told:?}");
    assert!(told[0].starts_with("after 65,536 paths:\n  bubble.lab.probability is 0."), "{told:?}");
    let parts = [Stage::Paths(65_536), Stage::Paths(found.stages[1] - 65_536)];
    assert_eq!(noted.stages(), parts);
    let reading = document.reading(&target().key).expect("it is there");
    assert!(reading.half_width.is_some_and(|half| half <= 0.0009));
    // whoever stops it has what was computed
    let steps = AtomicUsize::new(0);
    let enough = |more| steps.fetch_add(more as usize, Ordering::Relaxed) < 20_000;
    let stopped = run().observe(&enough).run().expect("there is something").document;
    let found = stopped.convergence.expect("it has a target");
    assert_eq!(found.ended, result::Ended::Stopped);
    assert!((256..65_536).contains(&stopped.provenance.sampling.paths), "{}", stopped.provenance.sampling.paths);
    assert!(matches!(run().paths(1000).run(), Err(RunError::Usage { .. })));
    assert!(matches!(RunBuilder::new(&loaded[0].scenario).max_paths(1000).run(), Err(RunError::Usage { .. })));
}

#[test]
fn observers_are_told_of_stages_and_doubts() {
    let loaded = [start()];
    let noted = Noted::default();
    let compare = CompareBuilder::new(&loaded).expect("it has variants").batches(20);
    small(compare).observe(&noted).run().expect("it runs");
    // three scenarios
    assert_eq!(noted.stages(), [Stage::Paths(9000)]);
    assert_eq!(noted.steps.load(Ordering::Relaxed), 9000);
    let doubt = Doubt::FewBatches { paths: 3000, batches: 12, asked: 20, needed: 5120 };
    assert_eq!(*noted.told.lock().unwrap(), [doubt.to_string()]);

    let noted = Noted::default();
    let profile = small(ProfileBuilder::new(&loaded[0].scenario)).observe(&noted).run().expect("it runs");
    assert_eq!(noted.stages(), [Stage::Paths(3000), Stage::Profile(3000), Stage::Milestones(3000)]);
    assert_eq!(profile.milestones.iter().map(|of| of.paths).collect::<Vec<_>>(), [1024, 2048, 3000]);
}

#[test]
fn a_profile_is_the_same_whether_its_run_is_there_or_not() {
    let loaded = start();
    let document = small(RunBuilder::new(&loaded.scenario)).run().expect("it runs").document;
    // the seed and the paths are those of the result
    let again = ProfileBuilder::of_result(&loaded.scenario, &document).backend(Backend::Cpu);
    let whole = small(ProfileBuilder::new(&loaded.scenario));
    assert_eq!(again.run().expect("it runs"), whole.run().expect("it runs"));
    assert_eq!(again.observed().expect("it runs"), whole.observed().expect("it runs"));
    let given = again.trajectories("paths.npy").run();
    assert!(matches!(given, Err(RunError::Usage { .. })), "the result was not made of trajectories");
}

#[test]
fn runs_that_are_stopped_have_no_result() {
    let loaded = [start()];
    let scenario = &loaded[0].scenario;
    let never = |_| false;
    let stopped = |found: Result<(), RunError>| assert!(matches!(found, Err(RunError::Stopped)), "{found:?}");
    stopped(small(RunBuilder::new(scenario)).observe(&never).run().map(|_| ()));
    stopped(small(CompareBuilder::new(&loaded).expect("variants")).observe(&never).run().map(|_| ()));
    stopped(small(ProfileBuilder::new(scenario)).observe(&never).observed().map(|_| ()));
    for stops in [|stage| matches!(stage, Stage::Profile(_)), |stage| matches!(stage, Stage::Milestones(_))] {
        stopped(small(ProfileBuilder::new(scenario)).observe(&Noted::stopping(stops)).run().map(|_| ()));
    }
    let observer = &Noted::stopping(|stage| matches!(stage, Stage::Timing { .. }));
    stopped(Bench { scenario, paths: &[500], rounds: 1, seed: 1, adapter: None, observer }.run().map(|_| ()));
}

fn sweep(loaded: &Loaded) -> SweepBuilder<'_> {
    let axes =
        ["contract.cloud.take_or_pay=0.5:1.0:3", "discount.rate=0.05,0.1"].map(|text| Axis::parse(text).unwrap());
    axes.into_iter().fold(small(SweepBuilder::new(loaded)), SweepBuilder::axis)
}

fn rows(swept: &overhang::sweep::Swept) -> Vec<(usize, Vec<Row>)> {
    let results = swept.results().unwrap_or_else(|error| panic!("{error}"));
    results.into_iter().map(|result| (result.point, result.rows)).collect()
}

#[test]
fn a_sweep_that_is_stopped_goes_on_where_it_was() {
    let loaded = start();
    let place = tempfile::tempdir().expect("there is room");
    let at = |name: &str| place.path().join(name);
    let none = sweep(&loaded).observe(&Noted::stopping(|stage| matches!(stage, Stage::Points(_)))).run(&at("none"));
    assert!(matches!(none, Err(SweepFailure::Stopped)));
    assert!(!at("none").exists(), "nothing is written before the points are known to be good");

    /// Stops once some points are done.
    struct After(AtomicUsize);
    impl Observer for After {
        fn begins(&self, stage: Stage) {
            let left = if matches!(stage, Stage::Sweep(_)) { 2 * 3000 } else { usize::MAX };
            self.0.store(left, Ordering::Relaxed);
        }

        fn advances(&self, paths: u64) -> bool {
            let less = |left: usize| Some(left.saturating_sub(paths as usize));
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).expect("it is always some") > 0
        }
    }
    let after = After(AtomicUsize::new(usize::MAX));
    let whole = sweep(&loaded).run(&at("whole")).expect("it runs");
    assert_eq!((whole.ended, whole.own, rows(&whole).len()), (Ended::Done, 6, 6));
    let part = sweep(&loaded).batch(1).observe(&after).run(&at("part")).expect("to be stopped is no failure");
    assert_eq!(part.ended, Ended::Stopped);
    let done = rows(&part).len();
    assert!((1..6).contains(&done), "{done} points");
    // one process at a time writes to a store
    drop(part);
    let noted = Noted::default();
    let resumed = sweep(&loaded).observe(&noted).run(&at("part")).expect("it goes on");
    assert_eq!(noted.stages(), [Stage::Points(6), Stage::Sweep((6 - done as u64) * 3000)]);
    assert_eq!((resumed.ended, rows(&resumed)), (Ended::Done, rows(&whole)));
}

#[test]
fn what_a_sweep_refuses_it_refuses_before_it_writes() {
    let loaded = start();
    let place = tempfile::tempdir().expect("there is room");
    let store: &Path = &place.path().join("store");
    let axis = |text: &str| SweepBuilder::new(&loaded).backend(Backend::Cpu).axis(Axis::parse(text).expect("an axis"));
    let message = |builder: SweepBuilder| builder.run(store).expect_err("it is refused").to_string();
    assert_eq!(message(SweepBuilder::new(&loaded)), "this sweep varies nothing");
    assert_eq!(
        message(axis("discount.rate=0:1").points(0).design(Kind::Sobol)),
        "--points must be from 1 to 10000000, not 0"
    );
    assert_eq!(message(axis("mean=1,2")), "`mean` cannot be an axis");
    assert_eq!(message(axis("variant=lean,flexible")), "there is no variant `lean`");
    let wrong = axis("contract.cloud.take_or_pay=0.5,1.5").run(store).expect_err("1.5 is too much");
    assert!(
        matches!(&wrong, SweepFailure::WrongPoints { text, failures } if text.contains("point 1: contract.cloud.take_or_pay = 1.5")
            && failures[0].diagnostics[0].key == "contract.cloud.take_or_pay"),
        "{wrong:?}"
    );
    // the point that is wrong is another shard's
    let shard = Shard { index: 0, count: 2, parts: 1 };
    axis("contract.cloud.take_or_pay=0.5,1.5").paths(500).shard(shard).run(store).expect("its own point is good");
}

#[test]
fn comparisons_need_something_to_compare() {
    let alone = [parse(START.split("[[variant]]").next().expect("it begins"), "alone.toml").expect("it is good")];
    let message = |found: Result<CompareBuilder, RunError>| found.err().expect("it is refused").to_string();
    assert_eq!(message(CompareBuilder::new(&alone)), "`alone.toml` has no [[variant]] to compare it with");
    assert_eq!(message(CompareBuilder::new(&[])), "there is no scenario to compare");
    let files = [start(), parse(&START.replace("\"USD\"", "\"EUR\""), "euro.toml").expect("it is good")];
    assert_eq!(message(CompareBuilder::of_variants(&files, &["flexibel"])), "there is no variant `flexibel`");
    let units = CompareBuilder::new(&files).expect("two files").prepare().err().expect("it is refused");
    assert_eq!(units.to_string(), "`start` uses USD and GW, but `euro` uses EUR and GW");
    assert!(units.hint().is_some());
}

#[test]
fn paths_that_are_no_numbers_are_a_failure_unless_they_are_allowed() {
    let wild = START.replace("level = 16e9", "level = 9e29").replace("volatility = 0.3\n", "volatility = 9.0\n");
    let wild = parse(&wild, "wild.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let run = small(RunBuilder::new(&wild.scenario));
    let Err(RunError::Invalid(invalid)) = run.run() else { panic!("paths overflow") };
    assert_eq!((invalid.paths, invalid.trajectories.is_none()), (3000, true));
    let found = run.allow_invalid(true).run().expect("they are left out").document;
    assert_eq!((found.invalid_paths.count, found.invalid_paths.first), (invalid.count, Some(invalid.first)));
    assert!(found.invalid_paths.count > 0);
}

#[test]
fn engines_are_timed_in_process() {
    let loaded = start();
    let bench =
        Bench { scenario: &loaded.scenario, paths: &[500, 700], rounds: 2, seed: 3, adapter: None, observer: &() };
    let found = bench.run().expect("the engines agree");
    assert_eq!((found.seed, found.rounds, found.compared_paths), (3, 2, overhang::run::COMPARED));
    let names: Vec<&str> = found.contenders.iter().filter(|of| of.paths == 500).map(|of| of.name.as_str()).collect();
    assert!(!names.is_empty() && found.contenders.len() == 2 * names.len(), "{names:?}");
    for contender in &found.contenders {
        assert!(contender.seconds.len() == 2 && contender.seconds.iter().all(|&seconds| seconds > 0.0));
        assert!(contender.different < 0.01 && contender.seconds_to_mean.is_some_and(|seconds| seconds > 0.0));
    }
}
