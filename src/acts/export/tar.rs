//! The tar format (POSIX.1-1988 ustar), as much of it as plain files with short names need. The same files give the same bytes.

use std::io::{self, Write};

const BLOCK: usize = 512;

/// Files written one after another.
pub(super) struct Tar<W>(W);

impl<W: Write> Tar<W> {
    pub(super) fn new(out: W) -> Self {
        Self(out)
    }

    /// Adds a file; its name has at most 100 bytes.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(&header(name, bytes.len())?)?;
        self.0.write_all(bytes)?;
        let rest = bytes.len().next_multiple_of(BLOCK) - bytes.len();
        self.0.write_all(&[0; BLOCK][..rest])
    }

    /// Ends the archive.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.write_all(&[0; 2 * BLOCK])?;
        self.0.flush()
    }
}

fn header(name: &str, size: usize) -> io::Result<[u8; BLOCK]> {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    if name.len() > 100 || size >= 1 << 33 {
        return Err(io::Error::other(format!("{name} does not fit a tar file")));
    }
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        "); // the sum is taken with spaces in its place
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}
