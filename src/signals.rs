//! Signals end every command within half a second, whatever it is doing.
//!
//! The first SIGINT or SIGTERM sets a flag. A command that computes looks at it between pieces of work ([`code`]), keeps what is
//! finished and returns. A command that is anywhere else, such as in a driver's compiler or in a read from a pipe, cannot look:
//! a thread gives it 300 ms and then ends the process. No command can forget to do this, since none takes part in it. A
//! process may end at any moment without harm, since files appear whole or not at all; one that is about to keep finished work
//! holds a [`Finishing`]. A second signal ends the process at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// How long a command has to end by itself.
const GRACE: Duration = Duration::from_millis(300);
/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long the last message may take: standard error may be a pipe that nobody reads.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// The exit code that a signal asks for, or 0.
static ASKED: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
/// How many are about to keep finished work.
static FINISHING: AtomicUsize = AtomicUsize::new(0);
/// Whether somebody says already that a signal ended the command.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Listens to signals from now on. `say` tells the user that a command which did not end by itself was ended; `clean` removes
/// what it leaves unfinished.
pub fn listen(say: impl FnOnce() + Send + 'static, clean: impl FnOnce() + Send + 'static) {
    let again = Arc::new(AtomicBool::new(false));
    for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] {
        // where signals cannot be caught they end the process, as they do by default
        let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&again));
        let _ = flag::register(signal, Arc::clone(&again));
        let _ = flag::register_usize(signal, Arc::clone(&ASKED), code as usize);
    }
    // without the thread commands still end where they look at the flag
    let _ = thread::Builder::new().name("signals".into()).spawn(|| watch(say, clean));
}

/// The exit code that a signal asked for, if there was one.
pub fn code() -> Option<u8> {
    Some(ASKED.load(Ordering::Relaxed) as u8).filter(|&code| code != 0)
}

/// Whether the caller is the first to tell the user of the signal.
pub fn tell_first() -> bool {
    !TOLD.swap(true, Ordering::Relaxed)
}

/// Finished work is being kept; the process is not ended while this lives.
#[derive(Debug)]
pub struct Finishing(());

/// Begins to keep finished work.
pub fn finishing() -> Finishing {
    FINISHING.fetch_add(1, Ordering::SeqCst);
    Finishing(())
}

impl Drop for Finishing {
    fn drop(&mut self) {
        FINISHING.fetch_sub(1, Ordering::SeqCst);
    }
}

fn watch(say: impl FnOnce() + Send + 'static, clean: impl FnOnce()) {
    let code = loop {
        match code() {
            Some(code) => break code,
            None => thread::sleep(LOOK),
        }
    };
    let mut end = Instant::now() + GRACE;
    while Instant::now() < end {
        thread::sleep(LOOK);
        if FINISHING.load(Ordering::SeqCst) > 0 {
            // the command also has a moment to say what it kept
            end = end.max(Instant::now() + LAST_WORDS);
        }
    }
    let (told, heard) = mpsc::channel();
    thread::spawn(move || {
        if tell_first() {
            say();
            let _ = told.send(());
        } else {
            // the command itself is about to end
            thread::sleep(LAST_WORDS);
        }
    });
    let _ = heard.recv_timeout(LAST_WORDS);
    clean();
    low_level::exit(i32::from(code))
}
