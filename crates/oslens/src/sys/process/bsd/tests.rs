//! Against the recorded answers of the kernels.
