//! Holds the arrows of ARCHITECTURE.md and the size of what a user compiles.

mod budget;
mod circles;
mod edges;
mod sources;
mod unification;
