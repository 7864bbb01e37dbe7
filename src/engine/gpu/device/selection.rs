//! Which adapters are asked for: by number, PCI address, `vendor:device` or a part of the name, several with commas between.

use std::str::FromStr;

use super::report::AdapterReport;
use crate::engine::contract::EngineError;

/// The environment variable that names the adapters which the program may see.
pub const VARIABLE: &str = "OVERHANG_ADAPTER";

/// How one adapter is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Its place in the list of `overhang devices`.
    Index(usize),
    /// Its PCI address: domain, bus, device and function.
    Address([u32; 4]),
    /// The PCI numbers of its vendor and model.
    Model([u32; 2]),
    /// A part of its name, in lower case.
    Part(String),
}

/// One adapter, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    text: String,
    kind: Kind,
}

/// Adapters that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All that are worth it, together.
    All,
    /// These, in this order, and all of them as they were written.
    Of(Vec<Name>, String),
}

impl FromStr for Selection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "all" => Ok(Selection::All),
            text => {
                let names = text.split(',').map(|word| name(word.trim())).collect::<Result<_, _>>()?;
                Ok(Selection::Of(names, text.to_lowercase()))
            }
        }
    }
}

impl Selection {
    /// The places of the adapters in a list. An adapter that is missing or asked for twice is an error.
    pub fn places(&self, adapters: &[AdapterReport]) -> Result<Vec<usize>, EngineError> {
        let Selection::Of(names, text) = self else { return Ok((0..adapters.len()).collect()) };
        // a name as `overhang devices` shows it may have commas of its own
        let whole = adapters.iter().position(|report| names.len() > 1 && report.name.to_lowercase() == *text);
        if let Some(place) = whole {
            return Ok(vec![place]);
        }
        let mut places = Vec::new();
        for name in names {
            let place = name.place(adapters).ok_or_else(|| missing(name, adapters))?;
            if places.contains(&place) {
                return Err(EngineError {
                    message: format!(
                        "adapter {place} ({}) is listed twice, the second time as `{}`",
                        adapters[place].name, name.text
                    ),
                    hint: Some("list each adapter once".into()),
                });
            }
            places.push(place);
        }
        Ok(places)
    }
}

impl Name {
    fn place(&self, adapters: &[AdapterReport]) -> Option<usize> {
        match &self.kind {
            Kind::Index(index) => (*index < adapters.len()).then_some(*index),
            Kind::Address(wanted) => adapters.iter().position(|report| address(&report.address) == Some(*wanted)),
            Kind::Model(wanted) => adapters.iter().position(|report| report.model == *wanted),
            Kind::Part(part) => adapters.iter().position(|report| report.name.to_lowercase().contains(part)),
        }
    }
}

fn name(text: &str) -> Result<Name, String> {
    let lower = text.to_lowercase();
    let kind = if text.is_empty() {
        return Err("an adapter's name is empty; write a number, a PCI address or part of a name".into());
    } else if text == "all" {
        return Err("`all` cannot be combined with other adapters".into());
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // never a part of a name: versions of drivers stand in those
        Kind::Index(text.parse().map_err(|_| format!("there is no adapter {text}"))?)
    } else if lower.starts_with("gpu-") || lower.starts_with("mig-") {
        return Err(format!(
            "`{text}` is a UUID, which overhang cannot look up; write the PCI address from `nvidia-smi \
             --query-gpu=uuid,pci.bus_id --format=csv`"
        ));
    } else if let Some(address) = address(text) {
        Kind::Address(address)
    } else if let Some(model) = model(text) {
        Kind::Model(model)
    } else {
        Kind::Part(lower)
    };
    Ok(Name { text: text.to_owned(), kind })
}

/// `[domain:]bus:device.function`, in hexadecimal digits; nvidia-smi writes the domain with eight, Linux with four.
fn address(text: &str) -> Option<[u32; 4]> {
    let (rest, function) = text.split_once('.')?;
    let mut parts = rest.rsplit(':');
    let (device, bus) = (parts.next()?, parts.next()?);
    let domain = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    Some([hexadecimal(domain, 8)?, hexadecimal(bus, 2)?, hexadecimal(device, 2)?, hexadecimal(function, 1)?])
}

/// `vendor:device`, each with at least four hexadecimal digits; those of software are not PCI's and may have more.
fn model(text: &str) -> Option<[u32; 2]> {
    let (vendor, device) = text.split_once(':')?;
    let number = |digits: &str| hexadecimal(digits, 8).filter(|_| digits.len() >= 4);
    Some([number(vendor)?, number(device)?])
}

fn hexadecimal(digits: &str, most: usize) -> Option<u32> {
    let sound = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

fn missing(name: &Name, adapters: &[AdapterReport]) -> EngineError {
    let message = match name.kind {
        Kind::Index(index) => format!("there is no adapter {index}"),
        Kind::Address(_) => format!("there is no adapter at the PCI address {}", name.text),
        Kind::Model(_) => format!("there is no adapter with the PCI numbers {}", name.text),
        Kind::Part(_) => format!("no adapter's name contains `{}`", name.text),
    };
    let known: Vec<String> =
        adapters.iter().enumerate().map(|(index, report)| format!("{index} ({})", report.name)).collect();
    EngineError { message, hint: Some(format!("the adapters are {}; see `overhang devices`", known.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &str, address: &str, model: [u32; 2]) -> AdapterReport {
        AdapterReport {
            name: name.into(),
            backend: "Vulkan".into(),
            kind: "discrete".into(),
            driver: String::new(),
            address: address.into(),
            model,
            binding_bytes: 0,
            storage_buffers: 0,
            invocations: 0,
            features: Vec::new(),
            hardware: true,
        }
    }

    /// Two equal cards and a software driver whose name has numbers in it.
    fn adapters() -> [AdapterReport; 3] {
        [
            report("NVIDIA H100", "0000:3b:00.0", [0x10de, 0x2330]),
            report("NVIDIA H100", "0000:af:00.0", [0x10de, 0x2330]),
            report("llvmpipe (LLVM 15.0.6, 256 bits)", "", [0x10005, 0]),
        ]
    }

    fn places(text: &str) -> Result<Vec<usize>, String> {
        let selection: Selection = text.parse()?;
        selection.places(&adapters()).map_err(|error| format!("{error}; {}", error.hint.clone().unwrap_or_default()))
    }

    #[test]
    fn adapters_are_found_by_what_names_them() {
        for (text, expected) in [
            ("0", vec![0]),
            ("2", vec![2]),
            ("2,0", vec![2, 0]),
            (" 0 , 1 ", vec![0, 1]),
            ("all", vec![0, 1, 2]),
            ("H100", vec![0]),
            ("LLVMpipe", vec![2]),
            ("llvmpipe (LLVM 15.0.6, 256 bits)", vec![2]),
            ("0000:AF:00.0", vec![1]),
            ("00000000:AF:00.0", vec![1]),
            ("af:00.0", vec![1]),
            ("10de:2330", vec![0]),
            ("10005:0000", vec![2]),
            ("llvmpipe,af:00.0", vec![2, 1]),
        ] {
            assert_eq!(places(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_number_is_an_index_or_an_error() {
        // 15 and 256 are parts of the driver's name
        for text in ["5", "15", "256", "0,7", "99999999999999999999999"] {
            let said = places(text).expect_err(text);
            assert!(said.contains("there is no adapter"), "{text}: {said}");
        }
        assert!(places("3").expect_err("3").ends_with("2 (llvmpipe (LLVM 15.0.6, 256 bits)); see `overhang devices`"));
    }

    #[test]
    fn names_that_name_nothing_are_errors() {
        for (text, expected) in [
            ("", "is empty"),
            ("  ", "is empty"),
            ("0,", "is empty"),
            (",", "is empty"),
            ("0,all", "cannot be combined"),
            ("0,0", "listed twice"),
            ("0,H100", "listed twice"),
            ("radeon", "no adapter's name contains `radeon`"),
            ("0000:01:00.0", "PCI address"),
            ("1002:744c", "PCI numbers"),
            ("GPU-4f1c0a5e-0000-0000-0000-000000000000", "is a UUID"),
        ] {
            let said = places(text).expect_err(text);
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
