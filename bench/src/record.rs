//! What the process inside the namespaces tells the driver, a line each.

use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Median time of each round, in nanoseconds, and what the runs found.
    Time {
        job: String,
        who: String,
        rows: Option<u64>,
        rounds: Vec<f64>,
    },
    /// System calls of one run.
    Calls {
        job: String,
        who: String,
        calls: u64,
    },
    /// Allocations of one run.
    Allocations {
        job: String,
        who: String,
        count: u64,
    },
    /// Greatest resident size, in bytes.
    Peak {
        job: String,
        who: String,
        bytes: u64,
    },
    /// Why there is no figure.
    Failed {
        job: String,
        who: String,
        reason: String,
    },
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Record::Time {
                job,
                who,
                rows,
                rounds,
            } => {
                let rows = rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
                write!(f, "time\t{job}\t{who}\t{rows}")?;
                rounds.iter().try_for_each(|ns| write!(f, "\t{ns}"))
            }
            Record::Calls { job, who, calls } => write!(f, "calls\t{job}\t{who}\t{calls}"),
            Record::Allocations { job, who, count } => {
                write!(f, "allocations\t{job}\t{who}\t{count}")
            }
            Record::Peak { job, who, bytes } => write!(f, "peak\t{job}\t{who}\t{bytes}"),
            Record::Failed { job, who, reason } => {
                let reason = reason.replace(['\t', '\n'], " ");
                write!(f, "failed\t{job}\t{who}\t{reason}")
            }
        }
    }
}

impl Record {
    pub fn parse(line: &str) -> Option<Record> {
        let mut words = line.split('\t');
        let (kind, job, who, value) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (job, who) = (job.to_owned(), who.to_owned());
        Some(match kind {
            "time" => Record::Time {
                job,
                who,
                rows: value.parse().ok(),
                rounds: words.map(|w| w.parse().ok()).collect::<Option<_>>()?,
            },
            "calls" => Record::Calls {
                job,
                who,
                calls: value.parse().ok()?,
            },
            "allocations" => Record::Allocations {
                job,
                who,
                count: value.parse().ok()?,
            },
            "peak" => Record::Peak {
                job,
                who,
                bytes: value.parse().ok()?,
            },
            "failed" => Record::Failed {
                job,
                who,
                reason: value.to_owned(),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Record;

    #[test]
    fn a_record_survives_its_line() {
        let (job, who) = ("table".to_owned(), "floor".to_owned());
        let records = [
            Record::Time {
                job: job.clone(),
                who: who.clone(),
                rows: Some(1004),
                rounds: vec![1.0, 2.0, 3.5],
            },
            Record::Time {
                job: job.clone(),
                who: who.clone(),
                rows: None,
                rounds: vec![],
            },
            Record::Failed {
                job,
                who,
                reason: "no such job".to_owned(),
            },
        ];
        for record in records {
            assert_eq!(Record::parse(&record.to_string()), Some(record));
        }
    }
}
