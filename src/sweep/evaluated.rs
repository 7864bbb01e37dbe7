//! A store as the runs of a design for indices, which `overhang sweep --list` has computed: in shards and resumed as any sweep.

use super::rows;
use super::store::Store;
use crate::result::{Key, Provenance};
use crate::run::RunError;
use crate::run::sensitivity::{EvaluatedRuns, IndexDesign};
use crate::scenario::Setting;

impl EvaluatedRuns for Store {
    fn values(&self, design: &IndexDesign, outputs: &[Key], of: &Provenance) -> Result<Vec<Vec<f64>>, RunError> {
        self.refuse_other_design(design, of)?;
        let mut found = vec![Vec::new(); design.rows.len()];
        for results in self.results() {
            for (point, rows) in results.map_err(|error| RunError::failed(error.message, error.hint))? {
                found[point] = outputs.iter().map(|key| rows::get(&rows, key).unwrap_or(f64::NAN)).collect();
            }
        }
        Ok(found)
    }
}

impl Store {
    /// Refuses a store of other runs, or one that lacks some of them.
    fn refuse_other_design(&self, design: &IndexDesign, of: &Provenance) -> Result<(), RunError> {
        let (manifest, sampling) = (&self.manifest, &of.sampling);
        let number = |value: &Setting| if let Setting::Number(number) = value { Some(*number) } else { None };
        let same = |point: &Vec<Setting>, row: &Vec<f64>| point.iter().map(number).eq(row.iter().map(|&x| Some(x)));
        let points = &self.points;
        let is_design = points.paths == design.keys
            && points.rows.len() == design.rows.len()
            && points.rows.iter().zip(&design.rows).all(|(point, row)| same(point, row));
        let place = self.root().display();
        let checks = [
            (manifest.scenario_hash == of.scenario_hash, "another scenario".to_owned()),
            (is_design, "other runs".to_owned()),
            (
                manifest.paths == sampling.paths,
                format!("{} paths for each run instead of {}", manifest.paths, sampling.paths),
            ),
            (manifest.seed == sampling.seed, format!("seed {} instead of {}", manifest.seed, sampling.seed)),
            (!manifest.independent, "random numbers of its own for each run".into()),
        ];
        if let Some((_, what)) = checks.into_iter().find(|(holds, _)| !holds) {
            return Err(RunError::usage(
                format!("`{place}` has {what}"),
                "sweep the list that --write-list writes with the same --indices, with the same --paths and --seed",
            ));
        }
        let (missing, failed) = (self.missing().len(), self.failed().len());
        if missing + failed > 0 {
            return Err(RunError::usage(
                format!("`{place}` lacks {missing} of {} runs, and {failed} have failed", design.rows.len()),
                "run the same sweep again to compute what is missing; `overhang status` lists failures",
            ));
        }
        Ok(())
    }
}
