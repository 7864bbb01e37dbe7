//! What readers meet: the documentation's examples, and pages and pictures in a browser.

#[cfg(target_os = "linux")]
mod documentation;
#[cfg(unix)]
mod pages;
#[path = "../shared/skip.rs"]
mod skip;
