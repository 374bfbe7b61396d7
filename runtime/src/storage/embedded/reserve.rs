//! Room on the disk that is kept for deletes: without it, nobody could make room on a full disk.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file that takes room, and gives it up when the disk is full.
pub(super) struct Reserve {
    file: PathBuf,
    held: bool,
    /// When it was last asked whether there is room again, and the answer.
    asked: Option<(Instant, bool)>,
}

const FILE: &str = "reserve";
/// Deletes need few pages, and free some as they go.
pub(super) const BYTES: u64 = 4 << 20;
/// How long an answer stays true: to look costs more than to refuse.
const AGAIN: Duration = Duration::from_secs(1);

impl Reserve {
    /// Takes the room in a directory, if there is any.
    pub(super) fn in_directory(path: &Path) -> Self {
        let mut reserve = Self { file: path.join(FILE), held: false, asked: None };
        reserve.held = reserve.take().is_ok();
        reserve
    }

    /// Gives the room up, because the disk is full.
    pub(super) fn release(&mut self) {
        self.held = false;
        self.asked = Some((Instant::now(), false));
        if let Err(error) = OpenOptions::new().write(true).truncate(true).open(&self.file) {
            tracing::warn!(%error, file = %self.file.display(), "the room kept for deletes could not be freed");
        }
    }

    /// Whether more than deletes may be written: there is room to keep for deletes, in the file system or, as `roomy`
    /// knows, in the database file itself.
    pub(super) fn allows_growth(&mut self, roomy: impl FnOnce() -> bool) -> bool {
        if self.held {
            return true;
        }
        let now = Instant::now();
        if let Some((_, answer)) = self.asked.filter(|(at, _)| now.duration_since(*at) < AGAIN) {
            return answer;
        }
        self.held = self.take().is_ok();
        let answer = self.held || roomy();
        self.asked = Some((now, answer));
        answer
    }

    /// Writes the file in full, since a file that was only made long takes no room.
    fn take(&self) -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.file)?;
        if file.metadata()?.len() == BYTES {
            return Ok(());
        }
        let taken = fill(&mut file);
        if taken.is_err() {
            let _ = file.set_len(0);
        }
        taken
    }
}

fn fill(file: &mut File) -> std::io::Result<()> {
    let zeros = vec![0; 64 << 10];
    for _ in 0..BYTES / zeros.len() as u64 {
        file.write_all(&zeros)?;
    }
    file.sync_all()
}
