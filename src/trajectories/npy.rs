//! NumPy arrays: a header in the form of a Python dictionary, then numbers in order (NumPy Enhancement Proposal 1, and
//! `numpy.lib.format`). The header is read here: libraries for it bring a parser generator along.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Mutex;

use ndarray::{ArrayViewMut, ArrayViewMut2, ArrayViewMut3, Axis, Dimension};

use super::{TrajectoryError, Wanted, fault, unreadable};
use crate::engine::given::Given;
use crate::engine::{EngineError, locked};

/// The longest header that is read; NumPy's own are below 200 bytes.
const LONGEST_HEADER: usize = 1 << 16;

const SHAPE_HINT: &str = "save an array of shape (paths, periods, factors), with or without a row for period 0";

/// An array in a file: where its numbers begin and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// As NumPy writes it: `<f4`.
    pub kind: String,
    pub shape: Vec<usize>,
    /// The first number's byte in the file.
    pub begin: u64,
}

impl Array {
    /// Reads the header of an array that begins at a byte of the file, and may take so many bytes of it.
    pub fn read(input: &mut (impl Read + Seek), at: u64, room: u64, file: &str) -> Result<Self, TrajectoryError> {
        let failed = |error: std::io::Error| unreadable(file, error);
        let foreign = || fault(file, "is no NumPy array", "write it with numpy.save or numpy.savez");
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
        let mut header = vec![0; length];
        input.read_exact(&mut header).map_err(failed)?;
        let header = String::from_utf8_lossy(&header);
        let entry = |key: &str| Some(header.split_once(&format!("'{key}':"))?.1.trim_start());
        let text = |value: &str| Some(value.strip_prefix('\'')?.split_once('\'')?.0.to_owned());
        let kind = entry("descr").and_then(text).ok_or_else(foreign)?;
        if entry("fortran_order").is_none_or(|order| !order.starts_with("False")) {
            return Err(fault(file, "is in Fortran order", "save numpy.ascontiguousarray(array)"));
        }
        let shape = entry("shape").and_then(|shape| shape.strip_prefix('(')?.split_once(')')).ok_or_else(foreign)?.0;
        let lengths = shape.split(',').map(str::trim).filter(|length| !length.is_empty());
        let shape: Vec<usize> =
            lengths.map(|length| length.parse().map_err(|_| foreign())).collect::<Result<_, _>>()?;
        let begin = at + 8 + wide as u64 + length as u64;
        let array = Array { kind, shape, begin };
        let count = array.shape.iter().try_fold(1u64, |count, &length| count.checked_mul(length as u64));
        let bytes = count.and_then(|count| count.checked_mul(array.item() as u64));
        if bytes.is_none_or(|bytes| bytes > room.saturating_sub(begin - at)) {
            return Err(fault(file, "is shorter than its header says", "was it copied or written to the end?"));
        }
        Ok(array)
    }

    /// Bytes of a number.
    pub fn item(&self) -> usize {
        self.kind.get(2..).and_then(|bytes| bytes.parse().ok()).unwrap_or(1)
    }
}

/// Trajectories in an array: [path, period, factor].
pub struct Npy {
    source: Mutex<File>,
    array: Array,
    has_start: bool,
    pub(super) wanted: Wanted,
}

impl Npy {
    /// Opens a `.npy` file.
    pub fn open(mut file: File, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let room = file.metadata().map_err(|error| unreadable(&wanted.file, error))?.len();
        let array = Array::read(&mut file, 0, room, &wanted.file)?;
        Self::new(file, array, wanted)
    }

    /// Takes an array of a file.
    pub fn new(file: File, array: Array, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let name = &wanted.file;
        if array.kind != "<f4" && array.kind != "<f8" {
            let what = format!("has numbers of type `{}`", array.kind);
            return Err(fault(name, what, "save it as numpy.float32 or numpy.float64 (little-endian)"));
        }
        let (periods, factors) = (wanted.periods, wanted.factors.len());
        let has_start = match array.shape[..] {
            [_, rows, columns] if columns == factors && rows == periods => false,
            [_, rows, columns] if columns == factors && rows == periods + 1 => true,
            _ => {
                let shape = array.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
                let what = format!(
                    "has the shape ({shape}), but the scenario has {periods} periods and {factors} factors ({})",
                    wanted.factors.join(", ")
                );
                return Err(fault(name, what, SHAPE_HINT));
            }
        };
        Ok(Npy { source: Mutex::new(file), array, has_start, wanted })
    }

    /// Bytes of consecutive elements of the outermost dimension.
    pub(super) fn bytes(&self, array: &Array, first: u64, count: usize) -> Result<Vec<u8>, TrajectoryError> {
        let each = array.shape[1..].iter().product::<usize>() * array.item();
        let mut bytes = vec![0; count * each];
        let mut source = locked(&self.source);
        let read =
            source.seek(SeekFrom::Start(array.begin + first * each as u64)).and_then(|_| source.read_exact(&mut bytes));
        read.map_err(|error| unreadable(&self.wanted.file, error))?;
        Ok(bytes)
    }

    pub(super) fn numbers(&self, first: u64, factors: &mut ArrayViewMut3<f32>) -> Result<(), TrajectoryError> {
        let wanted = &self.wanted;
        let count = (self.paths() - first).min(factors.dim().2 as u64) as usize;
        let bytes = self.bytes(&self.array, first, count)?;
        let value: fn(&[u8]) -> f64 = match self.array.item() {
            4 => |bytes| f64::from(f32::from_le_bytes(bytes.try_into().expect("four bytes"))),
            _ => |bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")),
        };
        let mut values = bytes.chunks_exact(self.array.item()).map(value);
        for place in 0..count {
            for row in 0..wanted.rows(self.has_start) {
                let period = row + usize::from(!self.has_start);
                for factor in 0..wanted.factors.len() {
                    let value = values.next().expect("as many as were read");
                    let path = first + place as u64;
                    factors[(period, factor, place)] =
                        wanted.ranges.check(&wanted.file, value, path, period, factor)?;
                }
            }
        }
        complete(factors, count, (!self.has_start).then_some(&wanted.starts));
        Ok(())
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

impl Given for Npy {
    fn paths(&self) -> u64 {
        self.array.shape[0] as u64
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

    fn read(bytes: &[u8]) -> Result<Array, TrajectoryError> {
        Array::read(&mut Cursor::new(bytes), 0, bytes.len() as u64, "file")
    }

    #[test]
    fn headers_are_read_as_numpy_writes_them() {
        let mut bytes = header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 1), }       \n");
        let begin = bytes.len() as u64;
        bytes.extend([0; 24]);
        let array = read(&bytes).expect("it is a header");
        assert_eq!(array, Array { kind: "<f4".into(), shape: vec![2, 3, 1], begin });
        bytes.pop();
        assert!(read(&bytes).unwrap_err().message.contains("shorter than its header says"));
    }

    #[test]
    fn other_files_are_refused() {
        for (text, said) in [
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (0,), }", "Fortran order"),
            ("{'descr': '<f4', 'fortran_order': False, }", "no NumPy array"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, x), }", "no NumPy array"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999, 9999999999999), }", "shorter than"),
        ] {
            let message = read(&header(text)).unwrap_err().message;
            assert!(message.contains(said), "{text}: {message}");
        }
        for bytes in [&b""[..], b"PK\x03\x04", b"\x93NUMPY\x01\x00\xff\xff"] {
            assert!(read(bytes).is_err());
        }
    }
}
