//! An adapter as people see it.

/// An adapter as people see it.
#[derive(Debug, Clone)]
pub struct AdapterReport {
    pub name: String,
    /// Vulkan, Metal, Dx12.
    pub backend: String,
    /// Discrete, integrated, virtual, or software.
    pub kind: String,
    pub driver: String,
    /// PCI address, `domain:bus:device.function`; empty where the driver does not tell it.
    pub address: String,
    /// PCI numbers of vendor and model.
    pub model: [u32; 2],
    /// Bytes that one binding may have.
    pub binding_bytes: u64,
    /// Storage buffers that a kernel may have.
    pub storage_buffers: u32,
    /// Invocations in a workgroup.
    pub invocations: u32,
    /// Features that matter to kernels.
    pub features: Vec<&'static str>,
    /// Whether it is hardware.
    pub hardware: bool,
}
