//! Trajectories that the engine draws, into a file: whole, or not at all.

use std::collections::TryReserveError;
use std::io::{BufWriter, Write};
use std::path::Path;

use ndarray::{Array2, Array3, s};

use super::error::{TrajectoryError, fault};
use super::format::Format;
use crate::engine::cpu::CpuEngine;
use crate::engine::{BLOCK, Draws};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::storage::{Column, TableWriter, Unfinished, check_output, place_new};

/// Rows of a row group, about.
const ROWS_AT_ONCE: usize = 1 << 20;

/// What is written, and how.
pub struct Sampling<'a> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub engine: &'a CpuEngine,
    /// What draws them: parts that follow each other, each with so many paths that are numbered from 0 in it.
    pub parts: &'a [(Draws, u64)],
}

/// Writes all paths, numbered through from 0, periods 1…n, to a `.npy` file (factors alone) or a `.parquet` file (with the chain's states). It
/// must not exist. `go_on` is told of the paths done, and may stop the work; then there is no file.
pub fn write(file: &Path, sampling: &Sampling, go_on: &dyn Fn(u64) -> bool) -> Result<bool, TrajectoryError> {
    let name = file.display().to_string();
    let failed = |error: &dyn std::fmt::Display| {
        fault(&name, format!("could not be written: {error}"), "check for a full disk or a read-only folder")
    };
    let format = Format::of(file)?;
    if format == Format::Npz {
        return Err(fault(&name, "archives can be read but not written", "name it .npy or .parquet"));
    }
    // a link that leads nowhere is something, too
    if std::fs::symlink_metadata(file).is_ok() {
        return Err(fault(&name, "exists already", "name another file; nothing is overwritten"));
    }
    check_output(file, &[]).map_err(|error| failed(&error))?;
    let unfinished = Unfinished::beside(file).map_err(|error| failed(&error))?;
    let place = unfinished.content();
    let whole = match format {
        Format::Parquet => parquet(&place, sampling, go_on).map_err(|error| failed(&error))?,
        _ => npy(&place, sampling, go_on).map_err(|error| failed(&error))?,
    };
    if whole {
        place_new(&place, file).map_err(|error| failed(&error))?;
    }
    Ok(whole)
}

impl Sampling<'_> {
    /// Calls `take` with consecutive paths: the number of the first, how many, factors and states.
    fn each<E>(
        &self,
        go_on: &dyn Fn(u64) -> bool,
        mut take: impl FnMut(u64, usize, &Array3<f32>, &Array2<u32>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let sizes = &self.plan.sizes;
        let periods = sizes.periods as usize;
        let at_once = (ROWS_AT_ONCE / periods).next_multiple_of(BLOCK);
        let mut factors = Array3::zeros((periods + 1, sizes.factors, at_once));
        let mut states = Array2::zeros((if sizes.states > 1 { periods } else { 0 }, at_once));
        let mut before = 0;
        for &(draws, paths) in self.parts {
            for first in (0..paths).step_by(at_once) {
                let count = (paths - first).min(at_once as u64) as usize;
                // no more than whole blocks of them are drawn
                let drawn = count.next_multiple_of(BLOCK).min(at_once);
                let mut to_factors = factors.slice_mut(s![.., .., ..drawn]);
                let mut to_states = states.slice_mut(s![.., ..drawn]);
                self.engine.sample(self.plan, draws, first, &mut to_factors, &mut to_states);
                take(before + first, count, &factors, &states)?;
                if !go_on(count as u64) {
                    return Ok(false);
                }
            }
            before += paths;
        }
        Ok(true)
    }

    /// All paths as an array of shape (paths, periods, factors). `None` if `go_on` stopped the work.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn array(&self, go_on: &dyn Fn(u64) -> bool) -> Result<Option<Array3<f32>>, TryReserveError> {
        let shape = (self.paths() as usize, self.plan.sizes.periods as usize, self.plan.sizes.factors);
        let mut numbers = Vec::new();
        numbers.try_reserve_exact(shape.0.saturating_mul(shape.1).saturating_mul(shape.2))?;
        let whole = self.each(go_on, |_, count, values, _| {
            (0..count).for_each(|path| numbers.extend(values.slice(s![1.., .., path])));
            Ok::<_, TryReserveError>(())
        })?;
        Ok(if whole { Array3::from_shape_vec(shape, numbers).ok() } else { None })
    }

    /// All paths together.
    fn paths(&self) -> u64 {
        self.parts.iter().map(|(_, paths)| paths).sum()
    }
}

/// As `numpy.save` writes a float32 array of shape (paths, periods, factors).
fn npy(place: &Path, sampling: &Sampling, go_on: &dyn Fn(u64) -> bool) -> Result<bool, std::io::Error> {
    let (periods, factors) = (sampling.plan.sizes.periods as usize, sampling.plan.sizes.factors);
    let shape = format!("({}, {periods}, {factors})", sampling.paths());
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // numbers begin at a multiple of 64 bytes, and the header ends with a line feed
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut out = BufWriter::new(std::fs::File::create_new(place)?);
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&(length as u16).to_le_bytes())?;
    out.write_all(format!("{header:<width$}\n", width = length - 1).as_bytes())?;
    let whole = sampling.each(go_on, |_, count, values, _| {
        for path in 0..count {
            for number in values.slice(s![1.., .., path]) {
                out.write_all(&number.to_le_bytes())?;
            }
        }
        Ok::<_, std::io::Error>(())
    })?;
    out.into_inner()?.sync_all()?;
    Ok(whole)
}

fn parquet(
    place: &Path,
    sampling: &Sampling,
    go_on: &dyn Fn(u64) -> bool,
) -> Result<bool, ::parquet::errors::ParquetError> {
    let mut writer: Option<TableWriter<std::fs::File>> = None;
    let periods = sampling.plan.sizes.periods as usize;
    let whole = sampling.each(go_on, |first, count, values, states| {
        let rows = || (0..count).flat_map(|path| (0..periods).map(move |t| (path, t)));
        let number = |(path, _): (usize, usize)| (first + path as u64) as i64;
        let mut table = vec![
            ("path".to_owned(), Column::Whole(rows().map(number).collect())),
            ("period".to_owned(), Column::Whole(rows().map(|(_, t)| t as i64 + 1).collect())),
        ];
        if let (Some(regimes), true) = (&sampling.scenario.regimes, states.dim().0 > 0) {
            let state = |(path, t)| regimes.states[states[(t, path)] as usize].clone();
            table.push(("regime".to_owned(), Column::Text(rows().map(state).collect())));
        }
        for (index, factor) in sampling.scenario.factors.iter().enumerate() {
            let column = rows().map(|(path, t)| values[(t + 1, index, path)]).collect();
            table.push((factor.name.clone(), Column::Single(column)));
        }
        if writer.is_none() {
            writer = Some(TableWriter::create(place, &table)?);
        }
        writer.as_mut().map_or(Ok(()), |writer| writer.append(&table))
    })?;
    writer.map_or(Ok(()), TableWriter::finish)?;
    Ok(whole)
}
