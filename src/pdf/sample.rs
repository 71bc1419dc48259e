//! Documents for tests, in the form typst writes: one table, no object streams, no line end after `%%EOF`.

/// A document of `pages` A4 pages, each with a line of black text over a filled square.
pub(crate) fn document(pages: usize) -> Vec<u8> {
    let mut bodies = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (zh) >>".to_owned(),
        format!(
            "<< /Type /Pages /Count {pages} /MediaBox [0 0 595 842] /Kids [{}] >>",
            (0..pages).map(|i| format!("{} 0 R", 4 + 2 * i)).collect::<Vec<_>>().join(" ")
        ),
        "<< /Producer (sample) >>".to_owned(),
    ];
    for page in 0..pages {
        bodies.push(format!("<<\n  /Type /Page\n  /Parent 2 0 R\n  /Contents {} 0 R\n>>", 5 + 2 * page));
        let content = format!("0 0 0 rg 100 {} 200 200 re f", 100 + page);
        bodies.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    file(&bodies)
}

/// The objects `bodies`, numbered from 1, as a file; the first is the catalog, the third the information.
pub(crate) fn file(bodies: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n".to_vec();
    let mut offsets = Vec::new();
    for (i, body) in bodies.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n\n", i + 1).as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f\r\n", bodies.len() + 1).as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    let trailer = format!(
        "trailer\n<<\n  /Size {}\n  /Root 1 0 R\n  /Info 3 0 R\n  /ID [(first\\)) (second)]\n>>\nstartxref\n{start}\n%%EOF",
        bodies.len() + 1
    );
    out.extend_from_slice(trailer.as_bytes());
    out
}

/// Appends a revision with `objects` (number, body) after `bytes`, whose trailer repeats what it must.
pub(crate) fn append(bytes: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let objects: Vec<_> = objects.iter().map(|(number, body)| (*number, 0, *body)).collect();
    append_generations(bytes, &objects)
}

/// The same with the generation of each object (number, generation, body).
pub(crate) fn append_generations(bytes: &[u8], objects: &[(u32, u16, &str)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let size = text.rsplit("/Size ").next().and_then(|rest| rest.split_ascii_whitespace().next()?.parse().ok());
    let size = objects.iter().map(|(number, ..)| number + 1).chain(size).max().unwrap_or(0);
    append_sized(bytes, objects, size as usize)
}

/// The same with a trailer that claims this size.
pub(crate) fn append_sized(bytes: &[u8], objects: &[(u32, u16, &str)], size: usize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let previous = String::from_utf8_lossy(bytes).rsplit("startxref\n").next().map(str::to_owned).unwrap_or_default();
    let previous = previous.lines().next().unwrap_or_default().to_owned();
    let mut table = String::new();
    for (number, generation, body) in objects {
        table += &format!("{number} 1\n{:010} {generation:05} n \n", out.len());
        out.extend_from_slice(format!("{number} {generation} obj\n{body}\nendobj\n").as_bytes());
    }
    let start = out.len();
    let trailer = format!(
        "xref\n{table}trailer\n<< /Size {size} /Root 1 0 R /Info 3 0 R /ID [(first\\)) (second)] /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend_from_slice(trailer.as_bytes());
    out
}

/// A DER value of `length` bytes, to stand for a CMS object.
pub(crate) fn der(length: usize) -> Vec<u8> {
    let mut out = vec![0x30, 0x82, ((length - 4) >> 8) as u8, (length - 4) as u8];
    out.resize(length, 0xa5);
    out
}

/// A small generator for repeatable disorder (xorshift64*).
pub(crate) struct Disorder(pub(crate) u64);

impl Disorder {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
