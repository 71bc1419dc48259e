//! Picture a signed file: what the public's page shows of it, drawn in a process of its own.
//!
//! The file is anybody's and the renderer is large. So the same program is started again with an empty environment, gets the file
//! by its standard input, limits its own memory and time before it looks at it, and is killed when it takes too long. Whatever goes wrong
//! there is no picture, and no verdict depends on one.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::compute;
use crate::picture::views::{Ask, MOST_ASKS, Message, answer, read};
use crate::verify::{Integrity, Report};

/// Files drawn at the same time.
const MOST_AT_ONCE: usize = 2;
/// How long a file waits for its turn.
const WAIT: Duration = Duration::from_secs(4);
/// How long drawing may take by the clock on the wall.
const MOST_TIME: Duration = Duration::from_secs(8);
/// How long drawing may take of a processor, in seconds.
const MOST_SECONDS: u64 = 5;
/// Address space of the drawing process, in bytes.
const MOST_MEMORY: u64 = 1 << 30;
/// Most bytes taken from it.
const MOST_ANSWER: u64 = 24 << 20;
/// The subcommand that draws.
pub const SUBCOMMAND: &str = "picture";

/// Draws what people see of a signed file.
#[derive(Debug, Clone)]
pub struct Painter {
    program: Option<PathBuf>,
    places: Arc<Semaphore>,
}

impl Painter {
    /// A painter that draws nothing.
    pub fn none() -> Self {
        Self { program: None, places: Arc::new(Semaphore::new(MOST_AT_ONCE)) }
    }

    /// Draws with this program's [`SUBCOMMAND`], which does what [`draw`] does.
    pub fn with(program: PathBuf) -> Self {
        Self { program: Some(program), ..Self::none() }
    }

    /// What the report's signatures can be seen as; empty if nothing can be drawn in time.
    pub async fn views(&self, report: &Report, pdf: impl AsRef<[u8]> + Send + 'static) -> Vec<View> {
        let (asks, signatures): (Vec<Ask>, Vec<Vec<usize>>) = asks(report).into_iter().unzip();
        let Some(program) = self.program.clone().filter(|_| !asks.is_empty()) else { return Vec::new() };
        let Ok(Ok(place)) = timeout(WAIT, self.places.clone().acquire_owned()).await else { return Vec::new() };
        let painted = compute(move || {
            let said = paint(program, &asks, pdf.as_ref());
            drop(place);
            said
        });
        let said = match painted.await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a file could not be pictured");
                return Vec::new();
            }
            Err(_) => return Vec::new(),
        };
        let mut views: Vec<View> =
            signatures.into_iter().map(|signatures| View { signatures, messages: Vec::new() }).collect();
        for message in read(&said) {
            let (Message::Picture(crate::picture::views::Picture { ask, .. }) | Message::Compared { ask, .. }) =
                &message;
            if let Some(view) = views.get_mut(*ask) {
                view.messages.push(message);
            }
        }
        views.retain(|view| !view.messages.is_empty());
        views
    }
}

/// A page with seals, as of one revision, and what differs today.
#[derive(Debug, Clone)]
pub struct View {
    /// Its signatures: indices into the report's, in the order of the frames.
    pub signatures: Vec<usize>,
    /// What was drawn of it.
    pub messages: Vec<Message>,
}

/// What is worth a picture, each with the signatures on it. Seals of one page that all still hold are seen together, as of the
/// last of them; one that does not is seen for itself, so that what was done after it shows.
fn asks(report: &Report) -> Vec<(Ask, Vec<usize>)> {
    let mut asks: Vec<(Ask, Vec<usize>, bool)> = Vec::new();
    for (index, signature) in report.signatures.iter().enumerate() {
        let Some(end) = signature.revision_end.filter(|_| !signature.is_timestamp) else { continue };
        // One that cannot be seen stands on no page: what was done after it is looked for from the first.
        let (page, rect) =
            (signature.page.map_or(0, |page| page.saturating_sub(1)), signature.rect.unwrap_or_default());
        let holds = signature.integrity == Integrity::Intact;
        let together = asks.iter_mut().find(|(ask, _, all)| ask.page == page && (holds && *all || ask.end == end));
        match together {
            Some((ask, signatures, all)) => {
                ask.end = ask.end.max(end);
                ask.frames.push(rect);
                signatures.push(index);
                *all &= holds;
            }
            None => asks.push((Ask { end, page, frames: vec![rect] }, vec![index], holds)),
        }
    }
    // What does not hold is shown first when not everything is.
    asks.sort_by_key(|(.., holds)| *holds);
    asks.into_iter().take(MOST_ASKS).map(|(ask, signatures, _)| (ask, signatures)).collect()
}

/// Starts the program, gives it the file and takes what it says until it ends or its time is over.
fn paint(program: PathBuf, asks: &[Ask], pdf: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut command = Command::new(program);
    command.arg(SUBCOMMAND).arg(serde_json::to_string(asks)?).env_clear().current_dir("/");
    // Address space is what the process may take: its allocator is not to reserve all of it at once.
    command.env("MIMALLOC_ARENA_RESERVE", "64MiB");
    let mut child = Killed(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
    let (Some(mut input), Some(output)) = (child.0.stdin.take(), child.0.stdout.take()) else {
        return Err(std::io::Error::other("no pipes"));
    };
    std::thread::scope(|scope| {
        // It may end before it has read everything: what it said until then still counts.
        scope.spawn(move || input.write_all(pdf));
        let (said, answer) = sync_channel(1);
        scope.spawn(move || {
            let mut bytes = Vec::new();
            let whole = output.take(MOST_ANSWER).read_to_end(&mut bytes);
            said.send(whole.map(|_| bytes))
        });
        // Killed when the time is over or the answer too long, so that both threads end.
        let in_time = answer.recv_timeout(MOST_TIME);
        drop(child);
        in_time.or_else(|_| answer.recv().map_err(std::io::Error::other)).flatten()
    })
}

/// A process that does not outlive its use.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // What has ended already cannot be killed; it is only waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The drawing process: limits itself, reads a file from standard input, writes what was asked for to standard output.
///
/// # Errors
/// If it cannot limit itself, does not understand what is asked, or cannot read or write.
pub fn draw(asks: &str) -> std::io::Result<()> {
    use rlimit::Resource;
    // No core dump holds the file, no file is written.
    let limits =
        [(Resource::CORE, 0), (Resource::FSIZE, 0), (Resource::CPU, MOST_SECONDS), (Resource::AS, MOST_MEMORY)];
    for (resource, most) in limits {
        let (_, hard) = resource.get()?;
        resource.set(most.min(hard), most.min(hard))?;
    }
    let asks: Vec<Ask> = serde_json::from_str(asks)?;
    let mut pdf = Vec::new();
    std::io::stdin().lock().read_to_end(&mut pdf)?;
    answer(&asks, pdf, &mut std::io::stdout().lock())
}
