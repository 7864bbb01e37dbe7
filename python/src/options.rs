//! Options of a call: a dictionary with the names of the command line's options, and of those alone that were given.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::OnceLock;
use std::time::Duration;

use overhang::engine::gpu::Selection;
use overhang::engine::gpu::adapter::{automatic, visible};
use overhang::engine::select::{Backend, Wish};
use overhang::engine::{Instructions, Precision, Sampling};
use overhang::plan::points::Construction;
use overhang::result::{EstimateRequest, Target};
use overhang::run::{
    Builder, MOST_DRAWS, MOST_PATHS, MOST_REPLICATES, PointSet, PointsRequest, check_wish, refuse_idle_draws,
    time_limit,
};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, usage};

/// The options of a call.
#[derive(Clone)]
pub struct Options<'py>(pub Bound<'py, PyDict>);

impl<'py> Options<'py> {
    fn py(&self) -> Python<'py> {
        self.0.py()
    }

    /// An option, if it was given.
    pub fn get<T: FromPyObjectOwned<'py>>(&self, name: &str) -> PyResult<Option<T>> {
        let Some(value) = self.0.get_item(name)? else { return Ok(None) };
        let wrong = |error: T::Error| {
            let error: PyErr = error.into();
            usage(self.py(), &format!("{name}: {}", error.value(self.py())), "")
        };
        value.extract().map(Some).map_err(wrong)
    }

    /// A flag.
    pub fn flag(&self, name: &str) -> PyResult<bool> {
        Ok(self.get(name)?.unwrap_or(false))
    }

    /// Texts; none if the option was not given.
    pub fn texts(&self, name: &str) -> PyResult<Vec<String>> {
        Ok(self.get(name)?.unwrap_or_default())
    }

    /// What a text means.
    pub fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> PyResult<Vec<T>> {
        let texts = self.texts(name)?;
        texts.iter().map(|text| parse(text).map_err(|error| self.wrong(name, text, &error))).collect()
    }

    /// An option of a few words.
    pub fn word<T: Copy>(&self, name: &str, known: &[(&str, T)]) -> PyResult<Option<T>> {
        let Some(word) = self.get::<String>(name)? else { return Ok(None) };
        let found = known.iter().find(|(known, _)| *known == word);
        let words = known.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        found.map(|(_, value)| Some(*value)).ok_or_else(|| self.wrong(name, &word, &format!("must be one of {words}")))
    }

    /// A whole number, which may be written as `1e6`.
    pub fn whole(&self, name: &str, range: RangeInclusive<u64>) -> PyResult<Option<u64>> {
        let Some(value) = self.0.get_item(name)? else { return Ok(None) };
        self.as_whole(name, &value, &range).map(Some)
    }

    fn as_whole(&self, name: &str, value: &Bound<PyAny>, range: &RangeInclusive<u64>) -> PyResult<u64> {
        let real = || value.extract::<f64>().ok().filter(|x| x.fract() == 0.0 && (0.0..=1e18).contains(x));
        let found = value.extract::<u64>().ok().or_else(|| real().map(|x| x as u64)).filter(|n| range.contains(n));
        let expected = format!("must be a whole number from {} to {}", range.start(), range.end());
        found.ok_or_else(|| self.wrong(name, value, &expected))
    }

    /// Whole numbers: one, or a list of them.
    pub fn wholes(&self, name: &str, range: RangeInclusive<u64>) -> PyResult<Option<Vec<u64>>> {
        let Some(value) = self.0.get_item(name)? else { return Ok(None) };
        let Ok(all) = value.try_iter() else { return Ok(self.whole(name, range)?.map(|number| vec![number])) };
        all.map(|one| self.as_whole(name, &one?, &range)).collect::<PyResult<Vec<_>>>().map(Some)
    }

    /// A whole number of 32 bits.
    pub fn small(&self, name: &str, range: RangeInclusive<u32>) -> PyResult<Option<u32>> {
        Ok(self.whole(name, u64::from(*range.start())..=u64::from(*range.end()))?.map(|n| n as u32))
    }

    /// Levels strictly between 0 and 1.
    fn shares(&self, name: &str) -> PyResult<Option<Vec<f64>>> {
        let Some(shares) = self.get::<Vec<f64>>(name)? else { return Ok(None) };
        match shares.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
            Some(wrong) => Err(self.wrong(name, wrong, "must lie between 0 and 1, for example 0.95")),
            None => Ok(Some(shares)),
        }
    }

    /// An option that is wrong.
    pub fn wrong(&self, name: &str, value: impl Display, expected: &str) -> PyErr {
        usage(self.py(), &format!("{name} = {value}: {expected}"), "")
    }

    /// The engine that is asked for.
    pub fn wish(&self) -> PyResult<Wish> {
        let usual = Wish::default();
        let backends = [("auto", Backend::Auto), ("gpu", Backend::Gpu), ("cpu", Backend::Cpu)];
        let named = |name: &str| {
            let sets = || Instructions::available().iter().map(Instructions::to_string).collect::<Vec<_>>().join(", ");
            Instructions::named(name).ok_or_else(|| format!("this processor supports only {}", sets()))
        };
        let wish = Wish {
            backend: self.word("backend", &backends)?.unwrap_or(usual.backend),
            adapter: self.parsed("adapter", |text| text.parse::<Selection>())?.pop(),
            sampling: self
                .word("sampling", &[("device", Sampling::Device), ("host", Sampling::Host)])?
                .unwrap_or(usual.sampling),
            precision: self
                .word("float", &[("f32", Precision::Single), ("f64", Precision::Double)])?
                .unwrap_or(usual.precision),
            instructions: self.parsed("instructions", named)?.pop(),
            threads: self.whole("threads", 1..=1024)?.map(|threads| threads as usize),
        };
        check_wish(&wish).map_err(|error| error.raise(self.py()))?;
        Ok(self.settled(wish))
    }

    /// The CPU engine instead of the best one, if this process has seen that there is no hardware GPU: looking for one takes longer than a
    /// small run.
    fn settled(&self, wish: Wish) -> Wish {
        static HAS_HARDWARE: OnceLock<bool> = OnceLock::new();
        if wish.backend != Backend::Auto || wish.adapter.is_some() || wish.precision == Precision::Double {
            return wish;
        }
        let look = || self.py().detach(|| visible().is_ok_and(|adapters| automatic(&adapters).is_some()));
        let backend = if *HAS_HARDWARE.get_or_init(look) { Backend::Auto } else { Backend::Cpu };
        Wish { backend, ..wish }
    }

    /// The points of paths. Replicates are those of parameter sets where `has_sets`.
    pub fn points(&self, usual: PointsRequest, has_sets: bool) -> PyResult<PointsRequest> {
        let sets = [("independent", PointSet::Independent), ("sobol", PointSet::Sobol)];
        let set = self.word("points", &sets)?.unwrap_or(usual.set);
        let construction =
            self.word("construction", &[("time", Construction::Time), ("bridge", Construction::Bridge)])?;
        let replicates = self.small("replicates", 2..=MOST_REPLICATES)?;
        PointsRequest::asked(set, replicates, construction, usual, has_sets).map_err(|error| error.raise(self.py()))
    }

    /// Levels and quantiles, if any are given.
    fn estimates(&self, usual: &EstimateRequest) -> PyResult<EstimateRequest> {
        let levels = self.shares("levels")?.unwrap_or_else(|| usual.levels.clone());
        let quantiles = self.shares("quantiles")?.unwrap_or_else(|| usual.quantiles.clone());
        Ok(EstimateRequest::new(&levels, &quantiles))
    }

    /// Refuses a number of parameter sets where nothing is uncertain, and gives it.
    fn draws(&self, is_uncertain: bool) -> PyResult<Option<u32>> {
        let draws = self.small("draws", 1..=MOST_DRAWS)?;
        refuse_idle_draws(draws, is_uncertain).map_err(|error| error.raise(self.py()))?;
        Ok(draws)
    }

    /// Paths, seed, engine and errors, which every use case has.
    pub fn common<'a, K>(&self, builder: Builder<'a, K>) -> PyResult<Builder<'a, K>> {
        let builder = builder.engine(self.wish()?).allow_invalid(self.flag("allow_invalid")?);
        let builder = self.whole("paths", 1..=MOST_PATHS)?.into_iter().fold(builder, Builder::paths);
        Ok(self.whole("seed", 0..=u64::MAX)?.into_iter().fold(builder, Builder::seed))
    }

    /// The same, with estimates, targets and parameter sets. Levels and quantiles that are not given are `usual`.
    pub fn estimating<'a, K>(
        &self,
        builder: Builder<'a, K>,
        usual: &EstimateRequest,
        is_uncertain: bool,
    ) -> PyResult<Builder<'a, K>> {
        let builder = self.common(builder)?.asked(self.estimates(usual)?);
        let targets = self.parsed("target", |text| text.parse::<Target>().map_err(|error| error.to_string()))?;
        let builder = targets.into_iter().fold(builder, Builder::target);
        let builder = self.whole("max_paths", 1..=MOST_PATHS)?.into_iter().fold(builder, Builder::max_paths);
        let builder = self.seconds("max_seconds")?.into_iter().fold(builder, Builder::max_seconds);
        Ok(self.draws(is_uncertain)?.into_iter().fold(builder, Builder::parameter_sets))
    }

    /// A time.
    fn seconds(&self, name: &str) -> PyResult<Option<Duration>> {
        let Some(seconds) = self.get::<f64>(name)? else { return Ok(None) };
        let found = time_limit(seconds);
        found.map(Some).ok_or_else(|| self.wrong(name, seconds, "must be a number of seconds from 0.001 to 1e9"))
    }
}
