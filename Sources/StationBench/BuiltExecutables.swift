import Foundation
package import StationCore

/// The product's programs, where the build put them.
package enum BuiltExecutables {
    /// The directory of the running program: of the demo, or of the test bundle beside which the build puts them all.
    package static var directory: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
    }

    /// The path of a program by its name.
    package static func path(_ name: String) throws(Failure) -> String {
        let path = "\(directory)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw Failure(.internalFault, "\(name) is not beside the running program")
        }
        return path
    }
}
