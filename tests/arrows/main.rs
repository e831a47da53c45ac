//! Checks dependencies between crates and files, and the size of a user's build.

mod budget;
mod circles;
mod edges;
mod msrv;
mod sources;
mod unification;
