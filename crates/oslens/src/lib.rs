//! Look into a running machine: processes, CPU, memory, disks, network and sensors.
