//! When a device was where in a submission, by its own timestamps where it has them.

use wgpu::{Buffer, BufferUsages, CommandEncoder, Device, Features, QuerySet, QueryType, Queue};

use crate::engine::contract::Stages;

/// What timestamps take of a device.
pub const FEATURES: Features = Features::TIMESTAMP_QUERY.union(Features::TIMESTAMP_QUERY_INSIDE_ENCODERS);

/// Places in a submission.
#[derive(Debug, Clone, Copy)]
pub enum Mark {
    Started,
    /// Trajectories are on the device.
    Uploaded,
    Simulated,
    Reduced,
}

const MARKS: u32 = 4;
const BYTES: u64 = MARKS as u64 * 8;

/// The timestamps of a slot's submissions; does nothing on devices without.
pub struct Clock(Option<Queries>);

struct Queries {
    set: QuerySet,
    resolved: Buffer,
    /// Seconds of a tick.
    tick: f64,
}

impl Clock {
    /// The timestamps of a slot on this device.
    pub fn new(device: &Device, queue: &Queue) -> Self {
        Clock(device.features().contains(FEATURES).then(|| Queries {
            set: device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("marks"),
                ty: QueryType::Timestamp,
                count: MARKS,
            }),
            resolved: device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("marks"),
                size: BYTES,
                usage: BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            }),
            tick: f64::from(queue.get_timestamp_period()) * 1e-9,
        }))
    }

    /// Bytes that the marks take.
    pub fn bytes(&self) -> usize {
        if self.0.is_some() { BYTES as usize } else { 0 }
    }

    /// Has the device note the time.
    pub fn mark(&self, encoder: &mut CommandEncoder, mark: Mark) {
        if let Some(queries) = &self.0 {
            encoder.write_timestamp(&queries.set, mark as u32);
        }
    }

    /// Copies the marks to a place in a buffer; returns their bytes.
    pub fn bring_home(&self, encoder: &mut CommandEncoder, home: &Buffer, place: u64) -> u64 {
        let Some(queries) = &self.0 else { return 0 };
        encoder.resolve_query_set(&queries.set, 0..MARKS, &queries.resolved, 0);
        encoder.copy_buffer_to_buffer(&queries.resolved, 0, home, place, BYTES);
        BYTES
    }

    /// Adds what the marks say.
    pub fn read(&self, marks: &[u8], stages: &mut Stages) {
        let Some(queries) = &self.0 else { return };
        let at = |mark: Mark| {
            let bytes = &marks[mark as usize * 8..][..8];
            u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
        };
        let between = |from, to| at(to).saturating_sub(at(from)) as f64 * queries.tick;
        stages.copy += between(Mark::Started, Mark::Uploaded);
        stages.kernel += between(Mark::Uploaded, Mark::Simulated);
        stages.reduction += between(Mark::Simulated, Mark::Reduced);
    }
}
