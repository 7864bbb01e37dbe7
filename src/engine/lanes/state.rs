// What a group of paths carries from period to period.

use super::super::{Real, Varied};
use super::draw::{Draw, Stream, Whose, streams};
use super::kernel::{
    ChangeState, ClauseSums, ConditionState, ContractState, CounterpartyState, CrisisState, EventState, ExposureState,
    LateState, MetricState, OrganizationState, TrancheState, WorkoutState,
};
use super::points::PointState;
use super::{Job, LANES, Lanes, Words, same};

/// What a factor's step is made from. Kept in memory on purpose: as locals the compiler cuts these arrays into parts that
/// are written and read at different offsets, for which processors wait.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Correlated normals.
    pub z: Lanes,
    /// What jumps: on entry of a regime, and jumps.
    pub shock: Lanes,
}

/// How a factor moves.
#[derive(Debug, Clone)]
pub struct Motion {
    /// The factors whose normals it takes, and how much of each.
    pub loadings: Vec<(usize, Real)>,
    /// The same in all periods, unless regimes change them.
    pub drift: Lanes,
    pub diffusion: Lanes,
    /// By state, if regimes change them.
    pub drifts: Vec<Real>,
    pub diffusions: Vec<Real>,
    /// States that it jumps on entry of, and by how much.
    pub entries: Vec<(u32, Real)>,
}

impl Motion {
    fn new(job: &Job, factor: usize) -> Self {
        let row = &job.tables.cholesky[factor * job.sizes.factors..][..=factor];
        let first = &job.tables.effects[factor];
        let effects = || job.tables.effects[factor..].iter().step_by(job.sizes.factors);
        let Varied { drifts, diffusions, .. } = job.tables.varied(factor);
        let entries = (0..).zip(effects().map(|effect| effect.entry)).filter(|&(_, entry)| entry != 0.0);
        Motion {
            loadings: row.iter().copied().enumerate().filter(|&(_, loading)| loading != 0.0).collect(),
            drift: same(first.drift),
            diffusion: same(first.diffusion),
            drifts: effects().filter(|_| drifts).map(|effect| effect.drift).collect(),
            diffusions: effects().filter(|_| diffusions).map(|effect| effect.diffusion).collect(),
            entries: entries.collect(),
        }
    }
}

/// Jumps whose normals are computed at once: a vector register or two.
pub const JUMPS: usize = if LANES < 64 { 8 } else { 16 };
/// Room for the places of all that could jump in four periods, a power of two so that no index is out of it.
pub const PLACES: usize = (4 * LANES + JUMPS).next_power_of_two();

/// What the jumps of a factor in four periods are made from.
#[derive(Debug, Clone)]
pub struct Jumping {
    pub words: Draw,
    /// Period and lane of those that jump.
    pub places: [u32; PLACES],
}

impl Default for Jumping {
    fn default() -> Self {
        Jumping { words: Draw::default(), places: [0; PLACES] }
    }
}

/// The memory of a group of paths; made once for each thread.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Relative logarithm or logit by factor.
    pub y: Vec<Lanes>,
    /// X at the period's end.
    pub x: Vec<Lanes>,
    /// X at the period's beginning.
    pub previous: Vec<Lanes>,
    /// Independent normals by factor: of four periods, or of the horizon where paths are quasi-random.
    pub normals: Vec<Vec<Lanes>>,
    pub step: Step,
    /// By factor.
    pub motions: Vec<Motion>,
    /// Words on their way to become normals.
    pub words: Draw,
    /// Jumps in the same periods, by factor.
    pub jumps: Vec<Vec<Lanes>>,
    pub points: PointState,
    pub jumping: Jumping,
    pub regime_words: Draw,
    /// The chain's state, now and in the period before.
    pub state: Words,
    pub previous_state: Words,
    /// What the control flow keeps (shaders/kernel), each by its owner.
    pub organizations: Vec<OrganizationState>,
    pub contracts: Vec<ContractState>,
    pub events: Vec<EventState>,
    /// As the events were before the period. Two sets in turn, because what is chosen lane by lane and stored where it came
    /// from becomes a masked store, which some processors take a hundred cycles for.
    pub events_before: Vec<EventState>,
    pub metrics: Vec<MetricState>,
    pub sums: Sums,
    pub crisis: Vec<CrisisState>,
    pub tranches: Vec<TrancheState>,
    pub clauses: Clauses,
    /// Four periods' words of each stream of clauses.
    pub streams: Vec<Stream>,
    pub words_of_clauses: ClauseWords,
}

/// What clauses keep, each by its owner (shaders/kernel).
#[derive(Debug, Clone, Default)]
pub struct Clauses {
    pub late: Vec<LateState>,
    pub conditions: Vec<ConditionState>,
    pub counterparties: Vec<CounterpartyState>,
    pub workouts: Vec<WorkoutState>,
    pub exposures: Vec<ExposureState>,
    pub changes: Vec<ChangeState>,
    pub old_rates: Vec<Lanes>,
    pub sums: Vec<ClauseSums>,
    pub capacities: Vec<Lanes>,
    pub useful: Vec<Lanes>,
}

impl Clauses {
    fn new(job: &Job) -> Self {
        let (tables, counts) = (job.tables, &job.structure.counts);
        let organizations =
            if counts.changing == 0 && counts.clause_figures == 0 { 0 } else { job.sizes.organizations };
        Clauses {
            late: vec![LateState::default(); tables.delays.len()],
            conditions: vec![ConditionState::default(); tables.conditions.len()],
            counterparties: vec![CounterpartyState::default(); tables.counterparties.len()],
            workouts: vec![WorkoutState::default(); tables.workouts.len()],
            exposures: vec![ExposureState::default(); tables.exposures.len()],
            changes: vec![ChangeState::default(); tables.changes.len()],
            old_rates: vec![same(0.0); tables.changes.len()],
            sums: vec![ClauseSums::default(); organizations],
            capacities: vec![same(0.0); organizations],
            useful: vec![same(0.0); organizations],
        }
    }
}

/// A period's random words of clauses.
#[derive(Debug, Clone, Default)]
pub struct ClauseWords {
    /// By tranche.
    pub tranches: Vec<Words>,
    pub crisis: [Words; 1],
    /// By vendor that can fail.
    pub failures: Vec<Words>,
    /// By vendor that can fail: whether its contracts are taken over.
    pub novations: Vec<Words>,
    /// By organization that may settle.
    pub workouts: Vec<Words>,
}

impl ClauseWords {
    /// Those of a stream.
    #[inline(always)]
    pub fn of(&mut self, whose: Whose) -> &mut Words {
        match whose {
            Whose::Tranche(i) => &mut self.tranches[i],
            Whose::Crisis => &mut self.crisis[0],
            Whose::Failure(v) => &mut self.failures[v],
            Whose::Novation(v) => &mut self.novations[v],
            Whose::Workout(w) => &mut self.workouts[w],
        }
    }
}

/// By contract whose hardware ages: its rate as agreed. By organization: capacity as signed and useful, amount locked in and minimum
/// bills due, where an event asks for them; when bubbles burst.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub agreed: Vec<Lanes>,
    pub capacities: Vec<Real>,
    pub useful: Vec<Real>,
    pub locked: Vec<Lanes>,
    pub overhangs: Vec<Lanes>,
    pub bubbles: Vec<Words>,
    pub system_bubble: [Words; 1],
}

impl Workspace {
    /// Memory for groups of this job's sizes.
    pub fn new(job: &Job) -> Self {
        let sizes = job.sizes;
        let lanes = || vec![same(0.0); sizes.factors];
        let rows = if job.points.is_some() { sizes.periods as usize } else { 4 };
        let periods = || vec![vec![same(0.0); rows]; sizes.factors];
        Workspace {
            y: lanes(),
            x: lanes(),
            previous: lanes(),
            normals: periods(),
            jumps: periods(),
            points: PointState::new(job),
            motions: (0..sizes.factors).map(|factor| Motion::new(job, factor)).collect(),
            organizations: vec![OrganizationState::default(); sizes.organizations],
            contracts: vec![ContractState::default(); sizes.contracts],
            events: vec![EventState::default(); sizes.events],
            events_before: vec![EventState::default(); sizes.events],
            metrics: vec![MetricState::default(); sizes.events],
            sums: Sums {
                agreed: vec![same(0.0); job.structure.counts.aging_contracts as usize],
                capacities: vec![0.0; sizes.organizations],
                useful: vec![0.0; sizes.organizations],
                locked: vec![same(0.0); sizes.organizations],
                overhangs: vec![same(0.0); sizes.organizations],
                bubbles: vec![same(0); sizes.organizations],
                system_bubble: [same(0)],
            },
            crisis: vec![CrisisState::default(); job.structure.counts.crises as usize],
            tranches: vec![TrancheState::default(); sizes.tranches],
            clauses: Clauses::new(job),
            streams: streams(job),
            words_of_clauses: ClauseWords {
                tranches: vec![same(0); sizes.tranches],
                crisis: [same(0)],
                failures: vec![same(0); sizes.counterparties],
                novations: vec![same(0); sizes.counterparties],
                workouts: vec![same(0); sizes.workouts],
            },
            ..Workspace::default()
        }
    }

    /// The factors at τ = 0.
    #[inline(always)]
    pub fn reset(&mut self, job: &Job) {
        for (i, terms) in job.tables.factors.iter().enumerate() {
            self.y[i] = same(terms.state);
            self.x[i] = same(terms.start);
        }
        self.state = same(job.tables.common.start_state);
        self.previous_state = self.state;
    }
}
