package import StationCore

/// A directory of a removable medium as bundles need it; the seam at which tests pull the stick.
///
/// Every call blocks: to be made on a thread of its own. A directory is named by one component below the medium's, nil is
/// the medium's directory itself. Failures: `stickUnavailable`, `stickReadOnly`, `stickFull`, `stickFault`, and
/// `bundleInvalid` for what is missing, no regular file, or too large.
package protocol StickMedium: Sendable {
    /// The wanted ones of the names in the medium's directory, in order. Throws `bundleInvalid` when the directory holds
    /// more than `Limits.Bundle.directoryEntries` in all.
    func names(where isWanted: (String) -> Bool) throws(Failure) -> [String]
    /// Whether a regular file of this name stands in the directory.
    func holds(_ name: String, in directory: String?) throws(Failure) -> Bool
    /// Makes a directory that is not there yet.
    func makeDirectory(_ name: String) throws(Failure)
    /// Writes a file that is not there yet; it is complete and synced when this returns.
    func write(_ chunks: [[UInt8]], to name: String, in directory: String) throws(Failure)
    /// Makes names durable.
    func sync(_ directory: String?) throws(Failure)
    /// Gives a directory its final name.
    func rename(_ name: String, to newName: String) throws(Failure)
    /// Reads a whole regular file of at most so many bytes, from the medium and not from what memory still holds of it.
    func read(_ name: String, in directory: String?, atMost bytes: Int) throws(Failure) -> [UInt8]
    /// Bytes that may still be written.
    func freeBytes() throws(Failure) -> Int64
    /// Removes a directory with the files of a bundle in it; what else is in it stays, and the directory with it.
    func removeBundle(_ directory: String) throws(Failure)
}
