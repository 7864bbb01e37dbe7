//! NumPy arrays: a header, then numbers in order (NumPy Enhancement Proposal 1).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use ndarray::{ArrayViewMut, ArrayViewMut2, ArrayViewMut3, Axis, Dimension};

use super::error::{TrajectoryError, fault, unreadable};
use super::header::{Header, HeaderError};
use super::wanted::Wanted;
use crate::engine::trajectory_source::TrajectorySource;
use crate::engine::{EngineError, locked};

/// The longest header that is read; NumPy's own are below 200 bytes.
const LONGEST_HEADER: usize = 1 << 16;

const SHAPE_HINT: &str = "save an array of shape (paths, periods, factors), with or without a row for period 0";
const REVERSED_HINT: &str =
    "the dimensions are in reverse order: save array.transpose(2, 1, 0), of shape (paths, periods, factors)";
const NUMBERS_HINT: &str = "save one array of numbers, for example array.astype(numpy.float64)";

/// An array in a file: what its header says, and where its numbers begin.
#[derive(Debug)]
pub struct Array {
    /// Shared by the arrays of a file, as is the place in it from which is read.
    source: Arc<Mutex<File>>,
    pub header: Header,
    /// The first number's byte in the file.
    begin: u64,
}

impl Array {
    /// Reads the header of an array that begins at a byte of the file, and may take so many bytes of it.
    pub fn open(source: Arc<Mutex<File>>, at: u64, room: u64, file: &str) -> Result<Self, TrajectoryError> {
        let (header, begin) = read_header(&mut *locked(&source), at, room, file)?;
        Ok(Array { source, header, begin })
    }

    /// Numbers of consecutive elements of the outermost dimension, from `first` on. `take` is given each number's element,
    /// counted from the first, and its place in the element, in C order.
    pub fn numbers(
        &self,
        first: u64,
        count: usize,
        file: &str,
        mut take: impl FnMut(usize, usize, f64) -> Result<(), TrajectoryError>,
    ) -> Result<(), TrajectoryError> {
        let Header { kind, fortran, shape } = &self.header;
        let each = shape[1..].iter().product::<usize>();
        let read = |number: u64, count: usize| {
            let mut bytes = vec![0; count * kind.size];
            let mut source = locked(&self.source);
            let begin = self.begin + number * kind.size as u64;
            let read = source.seek(SeekFrom::Start(begin)).and_then(|_| source.read_exact(&mut bytes));
            read.map(|()| bytes).map_err(|error| unreadable(file, error))
        };
        if !fortran {
            let bytes = read(first * each as u64, count * each)?;
            let mut numbers = bytes.chunks_exact(kind.size).enumerate();
            return numbers.try_for_each(|(at, bytes)| take(at / each, at % each, kind.value(bytes)));
        }
        for place in 0..each {
            let bytes = read(in_fortran_order(place, &shape[1..]) as u64 * shape[0] as u64 + first, count)?;
            for (element, bytes) in bytes.chunks_exact(kind.size).enumerate() {
                take(element, place, kind.value(bytes))?;
            }
        }
        Ok(())
    }
}

/// The place in Fortran order of what has a place in C order.
fn in_fortran_order(mut place: usize, shape: &[usize]) -> usize {
    let mut indices = vec![0; shape.len()];
    for (index, length) in indices.iter_mut().zip(shape).rev() {
        (*index, place) = (place % length, place / length);
    }
    indices.iter().zip(shape).rev().fold(0, |place, (index, length)| place * length + index)
}

/// The header at a byte of a file, and the byte at which the numbers begin.
fn read_header(
    input: &mut (impl Read + Seek),
    at: u64,
    room: u64,
    file: &str,
) -> Result<(Header, u64), TrajectoryError> {
    let failed = |error: std::io::Error| unreadable(file, error);
    let foreign = || fault(file, "is not a NumPy array", "write it with numpy.save or numpy.savez");
    input.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut magic = [0; 8];
    input.read_exact(&mut magic).map_err(|_| foreign())?;
    if &magic[..6] != b"\x93NUMPY" {
        return Err(foreign());
    }
    let mut length = [0; 4];
    let wide = if magic[6] == 1 { 2 } else { 4 };
    input.read_exact(&mut length[..wide]).map_err(failed)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err(foreign());
    }
    let mut text = vec![0; length];
    input.read_exact(&mut text).map_err(failed)?;
    let header = Header::parse(&String::from_utf8_lossy(&text)).map_err(|error| match error {
        HeaderError::Malformed => foreign(),
        HeaderError::Fields(names) => {
            fault(file, format!("has the named fields {} instead of numbers", names.join(", ")), NUMBERS_HINT)
        }
        HeaderError::Kind(kind) => {
            fault(file, format!("has items of the type `{kind}` instead of numbers"), NUMBERS_HINT)
        }
    })?;
    let begin = at + 8 + wide as u64 + length as u64;
    let count = header.shape.iter().try_fold(1u64, |count, &length| count.checked_mul(length as u64));
    let bytes = count.and_then(|count| count.checked_mul(header.kind.size as u64));
    if bytes.is_none_or(|bytes| bytes > room.saturating_sub(begin - at)) {
        return Err(fault(file, "is shorter than its header says", "check that it was copied or written to the end"));
    }
    Ok((header, begin))
}

/// Trajectories in an array: [path, period, factor].
pub struct Npy {
    array: Array,
    has_start: bool,
    pub(super) wanted: Wanted,
}

impl Npy {
    /// Opens a `.npy` file.
    pub fn open(file: File, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let room = file.metadata().map_err(|error| unreadable(&wanted.file, error))?.len();
        let array = Array::open(Arc::new(Mutex::new(file)), 0, room, &wanted.file)?;
        Self::new(array, wanted)
    }

    /// Takes an array.
    pub fn new(array: Array, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let has_start = has_start(&array.header.shape, &wanted)?;
        Ok(Npy { array, has_start, wanted })
    }

    pub(super) fn numbers(&self, first: u64, factors: &mut ArrayViewMut3<f32>) -> Result<(), TrajectoryError> {
        let wanted = &self.wanted;
        let count = (self.paths() - first).min(factors.dim().2 as u64) as usize;
        let columns = wanted.factors.len();
        let earlier = usize::from(!self.has_start);
        self.array.numbers(first, count, &wanted.file, |place, at, value| {
            let (period, factor) = (at / columns + earlier, at % columns);
            let path = first + place as u64;
            factors[(period, factor, place)] = wanted.ranges.check(&wanted.file, value, path, period, factor)?;
            Ok(())
        })?;
        complete(factors, count, (!self.has_start).then_some(&wanted.starts));
        Ok(())
    }
}

/// Whether an array of this shape has a row for period 0.
///
/// # Errors
/// If the shape is not (paths, periods, factors) of the scenario.
pub fn has_start(shape: &[usize], wanted: &Wanted) -> Result<bool, TrajectoryError> {
    let (periods, factors) = (wanted.periods, wanted.factors.len());
    match *shape {
        [_, rows, columns] if columns == factors && rows == periods => Ok(false),
        [_, rows, columns] if columns == factors && rows == periods + 1 => Ok(true),
        _ => {
            let said = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            let what = format!(
                "has the shape ({said}), but the scenario has {periods} periods and {factors} factors ({})",
                wanted.factors.join(", ")
            );
            // languages that store columns first, as MATLAB and Julia, name dimensions the other way round
            let reversed = matches!(*shape, [columns, rows, _]
                if columns == factors && (rows == periods || rows == periods + 1));
            Err(fault(&wanted.file, what, if reversed { REVERSED_HINT } else { SHAPE_HINT }))
        }
    }
}

/// Fills in what a file does not have: the start, and paths past its last one.
pub fn complete(factors: &mut ArrayViewMut3<f32>, count: usize, starts: Option<&Vec<f32>>) {
    for (factor, &start) in starts.into_iter().flatten().enumerate() {
        factors.slice_mut(ndarray::s![0, factor, ..]).fill(start);
    }
    repeat_last(factors, count);
}

/// Repeats the last of `count` paths, along the last axis, in the room that is left.
pub fn repeat_last<T: Copy, D: Dimension>(values: &mut ArrayViewMut<T, D>, count: usize) {
    let paths = Axis(values.ndim() - 1);
    for mut lane in values.lanes_mut(paths) {
        let last = lane[count - 1];
        lane.slice_mut(ndarray::s![count..]).fill(last);
    }
}

impl TrajectorySource for Npy {
    fn paths(&self) -> u64 {
        self.array.header.shape[0] as u64
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        states.fill(self.wanted.start_state);
        Ok(self.numbers(first, factors)?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn header(text: &str) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Result<(Header, u64), TrajectoryError> {
        read_header(&mut Cursor::new(bytes), 0, bytes.len() as u64, "file")
    }

    #[test]
    fn arrays_are_as_long_as_their_header_says() {
        let mut bytes = header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 1), }       \n");
        let begin = bytes.len() as u64;
        bytes.extend([0; 24]);
        let (found, numbers) = read(&bytes).expect("it is a header");
        assert_eq!((found.shape, numbers), (vec![2, 3, 1], begin));
        bytes.pop();
        assert!(read(&bytes).unwrap_err().message.contains("shorter than its header says"));
        let huge = header("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999, 9999999999999), }");
        assert!(read(&huge).unwrap_err().message.contains("shorter than its header says"));
    }

    #[test]
    fn other_files_are_refused() {
        for (text, said) in [
            ("{'descr': '<f4', 'fortran_order': False, }", "not a NumPy array"),
            ("{'descr': '<c8', 'fortran_order': False, 'shape': (0,), }", "items of the type `<c8`"),
            (
                "{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (0,), }",
                "the named fields a, b",
            ),
        ] {
            let message = read(&header(text)).unwrap_err().message;
            assert!(message.contains(said), "{text}: {message}");
        }
        for bytes in [&b""[..], b"PK\x03\x04", b"\x93NUMPY\x01\x00\xff\xff"] {
            assert!(read(bytes).is_err());
        }
    }

    #[test]
    fn places_in_fortran_order_are_those_of_a_transposed_array() {
        let shape = [3, 4, 5];
        for (a, b, c) in (0..60).map(|i| (i / 20, i / 5 % 4, i % 5)) {
            assert_eq!(in_fortran_order((a * 4 + b) * 5 + c, &shape), a + 3 * (b + 4 * c));
        }
        assert_eq!(in_fortran_order(0, &[]), 0);
    }
}
