import StationCore

/// The thread that starts every process of the bench.
///
/// The kernel sends a program its death signal when the *thread* that started it ends, not the process: a thread of
/// the cooperative pool may end at any time, this one ends with the process.
enum SpawnThread {
    static let shared = WorkerThread(name: "bench-spawn")
}
