//! Files of the time zone database, as RFC 8536 has them: of their two blocks of data only the one with 64-bit instants
//! is used.

/// The changes of a zone's offset that a file lists.
#[derive(Debug, Default)]
pub(super) struct Transitions {
    /// Before the first change.
    first: i64,
    /// From each instant on; oldest first.
    changes: Vec<(i64, i64)>,
}

impl Transitions {
    /// The instant of the last change.
    pub(super) fn last(&self) -> Option<i64> {
        self.changes.last().map(|(instant, _)| *instant)
    }

    /// Seconds ahead of UTC.
    pub(super) fn offset(&self, instant: i64) -> i64 {
        let behind = self.changes.partition_point(|(change, _)| *change <= instant);
        behind.checked_sub(1).map_or(self.first, |at| self.changes[at].1)
    }
}

/// The listed changes, and the rule for what comes after them.
pub(super) fn parse(bytes: &[u8]) -> Option<(Transitions, &str)> {
    let (head, rest) = Head::parse(bytes)?;
    // Files of the first version have instants of 32 bits only, and are no longer made.
    let rest = rest.get(head.length(4)?..).filter(|_| head.version >= b'2')?;
    let (head, rest) = Head::parse(rest)?;
    let length = head.length(8)?;
    let data = rest.get(..length)?;
    let footer = std::str::from_utf8(rest.get(length..)?).ok()?;
    let rule = footer.strip_prefix('\n')?.strip_suffix('\n')?;
    Some((head.transitions(data)?, rule))
}

struct Head {
    version: u8,
    /// How many there are of: UTC indicators, standard indicators, leap seconds, changes, types, letters.
    counts: [usize; 6],
}

impl Head {
    const LENGTH: usize = 44;

    fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = bytes.split_at_checked(Self::LENGTH)?;
        let mut counts = [0; 6];
        for (count, four) in counts.iter_mut().zip(head.get(20..)?.chunks_exact(4)) {
            *count = usize::try_from(u32::from_be_bytes(four.try_into().ok()?)).ok()?;
        }
        head.starts_with(b"TZif").then_some((Self { version: head[4], counts }, rest))
    }

    /// The bytes of the data behind it, when an instant has so many.
    fn length(&self, instant: usize) -> Option<usize> {
        let sizes = [1, 1, instant + 4, instant + 1, 6, 1];
        let lengths = self.counts.iter().zip(sizes).map(|(count, size)| count.checked_mul(size));
        lengths.into_iter().try_fold(0_usize, |sum, length| sum.checked_add(length?))
    }

    fn transitions(&self, data: &[u8]) -> Option<Transitions> {
        let [_, _, _, changes, types, _] = self.counts;
        let (instants, rest) = data.split_at_checked(changes * 8)?;
        let (kinds, rest) = rest.split_at_checked(changes)?;
        let offset = |kind: u8| {
            let at = usize::from(kind) * 6;
            let four = rest.get(..types * 6)?.get(at..at + 4)?;
            Some(i64::from(i32::from_be_bytes(four.try_into().ok()?)))
        };
        let change = |(eight, kind): (&[u8], &u8)| {
            Some((i64::from_be_bytes(eight.try_into().ok()?), offset(*kind)?))
        };
        let changes =
            instants.chunks_exact(8).zip(kinds).map(change).collect::<Option<Vec<_>>>()?;
        let sorted = changes.is_sorted_by_key(|(instant, _)| *instant);
        sorted.then_some(Transitions { first: offset(0)?, changes })
    }
}
