//! oslens itself.

use crate::serve::{Answer, Contestant};

#[derive(Default)]
pub struct Oslens {}

impl Contestant for Oslens {
    fn jobs(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&mut self, job: &str) -> Result<Answer, String> {
        Err(format!("no such job: {job}"))
    }
}
