//! What shapes a kernel, as WGSL declarations in front of it.

use std::collections::BTreeMap;

use crate::plan::Structure;

/// Numbers and tables of numbers that are known when a kernel is composed.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Constants {
    pub constants: BTreeMap<&'static str, u32>,
    pub tables: BTreeMap<&'static str, Vec<u32>>,
}

impl Constants {
    /// Those of a plan's structure.
    pub fn of(structure: &Structure) -> Self {
        let constants = structure.counts.named().into_iter().chain(structure.lengths.named()).collect();
        let tables = structure.lists.named().into_iter().map(|(name, list)| (name, list.to_vec())).collect();
        Constants { constants, tables }
    }

    /// WGSL declarations of all constants and tables. A table is a variable, since a constant would be copied wherever it is
    /// read by an index that is not constant.
    pub fn declarations(&self) -> String {
        let mut source = String::new();
        for (name, value) in &self.constants {
            source += &format!("const {name}: u32 = {value}u;\n");
        }
        for (name, values) in &self.tables {
            let room = values.len().max(1);
            let listed: Vec<String> = (0..room).map(|i| format!("{}u", values.get(i).unwrap_or(&0))).collect();
            source +=
                &format!("var<private> {name}: array<u32, {room}> = array<u32, {room}>({});\n", listed.join(", "));
        }
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_constants_and_arrays() {
        let tables = [("END", vec![1, 3]), ("NOTHING", vec![])].into();
        let declared = Constants { constants: [("N", 2)].into(), tables }.declarations();
        assert!(declared.contains("const N: u32 = 2u;\n"));
        assert!(declared.contains("var<private> END: array<u32, 2> = array<u32, 2>(1u, 3u);\n"));
        assert!(declared.contains("var<private> NOTHING: array<u32, 1> = array<u32, 1>(0u);\n"));
    }
}
