import StationCore
import Synchronization

@testable import Uplink

/// A medium in memory that remembers every step of its writer, so that it can be pulled at any of them.
final class MemoryStick: StickMedium {
    enum Step: Hashable {
        case makeDirectory(String)
        case create(String, in: String)
        case append([UInt8], to: String, in: String)
        case syncFile(String, in: String)
        case syncDirectory(String?)
        case rename(String, to: String)
    }

    /// Directories by name, nil for the medium's own; files by name.
    typealias Tree = [String?: [String: [UInt8]]]

    private struct State {
        var tree: Tree = [nil: [:]]
        var steps: [Step] = []
        var failures: [String: Failure] = [:]
        var free: Int64 = .max
        var spoil: (@Sendable (String, [UInt8]) -> [UInt8])?
    }

    private let state: Mutex<State>

    init(_ tree: Tree = [nil: [:]]) {
        var first = State()
        first.tree = tree
        state = Mutex(first)
    }

    var tree: Tree { state.withLock(\.tree) }
    var steps: [Step] { state.withLock(\.steps) }

    /// The named operation fails from now on.
    func fail(_ operation: String, with failure: Failure) { state.withLock { $0.failures[operation] = failure } }
    /// What is read differs from what was written.
    func spoilReads(_ spoil: @escaping @Sendable (String, [UInt8]) -> [UInt8]) { state.withLock { $0.spoil = spoil } }
    func leave(_ bytes: Int64) { state.withLock { $0.free = bytes } }

    private func check(_ operation: String) throws(Failure) {
        if let failure = state.withLock({ $0.failures[operation] }) { throw failure }
    }

    func names(where isWanted: (String) -> Bool) throws(Failure) -> [String] {
        try check("names")
        return state.withLock { $0.tree.keys.compactMap { $0 } + ($0.tree[nil] ?? [:]).keys }.filter(isWanted).sorted()
    }

    func holds(_ name: String, in directory: String?) throws(Failure) -> Bool {
        state.withLock { $0.tree[directory]?[name] != nil }
    }

    func makeDirectory(_ name: String) throws(Failure) {
        try check("makeDirectory")
        state.withLock {
            $0.tree[name] = [:]
            $0.steps.append(.makeDirectory(name))
        }
    }

    func write(_ chunks: [[UInt8]], to name: String, in directory: String) throws(Failure) {
        try check("write")
        let size = chunks.reduce(0) { $0 + $1.count }
        let fits = state.withLock { state in
            guard state.free >= Int64(size) else { return false }
            state.free -= Int64(size)
            state.tree[directory]?[name] = chunks.flatMap { $0 }
            state.steps.append(.create(name, in: directory))
            state.steps += chunks.map { .append($0, to: name, in: directory) }
            state.steps.append(.syncFile(name, in: directory))
            return true
        }
        guard fits else { throw Failure(.stickFull, "write \(name)") }
    }

    func sync(_ directory: String?) throws(Failure) {
        try check("sync")
        state.withLock { $0.steps.append(.syncDirectory(directory)) }
    }

    func rename(_ name: String, to newName: String) throws(Failure) {
        try check("rename")
        state.withLock {
            $0.tree[newName] = $0.tree.removeValue(forKey: name)
            $0.steps.append(.rename(name, to: newName))
        }
    }

    func read(_ name: String, in directory: String?, atMost limit: Int) throws(Failure) -> [UInt8] {
        try check("read")
        let (found, spoil) = state.withLock { ($0.tree[directory]?[name], $0.spoil) }
        guard let found, found.count <= limit else { throw Failure(.bundleInvalid, "\(name) is missing or too large") }
        return spoil?(name, found) ?? found
    }

    func freeBytes() throws(Failure) -> Int64 {
        try check("freeBytes")
        return state.withLock(\.free)
    }

    func removeBundle(_ directory: String) throws(Failure) {
        _ = state.withLock { $0.tree.removeValue(forKey: directory) }
    }
}

extension MemoryStick {
    /// What a medium may hold that is pulled after some steps: all of them done; what was not synced lost; what was not
    /// synced there by name and length, but with zeros or with the front part only.
    static func pulled(after steps: ArraySlice<Step>) -> [Tree] {
        var whole: Tree = [nil: [:]]
        var synced: [String?: [String: Int]] = [:]
        var namesSynced: Set<String?> = []
        var renames: [String: String] = [:]
        for step in steps {
            switch step {
            case .makeDirectory(let name): whole[name] = [:]
            case .create(let name, let directory): whole[directory]?[name] = []
            case .append(let bytes, let name, let directory): whole[directory]?[name]? += bytes
            case .syncFile(let name, let directory):
                synced[directory, default: [:]][name] = whole[directory]?[name]?.count
            case .syncDirectory(let directory):
                namesSynced.insert(directory)
                if directory == nil { renames = [:] }
            case .rename(let name, let newName):
                whole[newName] = whole.removeValue(forKey: name)
                synced[newName] = synced.removeValue(forKey: name)
                if namesSynced.remove(name) != nil { namesSynced.insert(newName) }
                renames[newName] = name
            }
        }
        var states = [whole]
        for spoilt in [Spoil.lost, .zeroed, .halved] {
            var tree = whole
            for (directory, files) in whole {
                for (name, bytes) in files {
                    let safe = synced[directory]?[name] ?? 0
                    guard safe < bytes.count || !namesSynced.contains(directory) else { continue }
                    tree[directory]?[name] = spoilt.apply(bytes, safe: safe)
                }
            }
            states.append(tree)
        }
        // A directory's name that was not synced may be the old one, or gone.
        for (newName, name) in renames {
            var old = whole
            old[name] = old.removeValue(forKey: newName)
            states.append(old)
        }
        return states
    }

    private enum Spoil {
        case lost, zeroed, halved

        func apply(_ bytes: [UInt8], safe: Int) -> [UInt8]? {
            if safe == bytes.count { return self == .lost ? nil : bytes }
            return switch self {
            case .lost: safe == 0 ? nil : Array(bytes[..<safe])
            case .zeroed: Array(bytes[..<safe]) + [UInt8](repeating: 0, count: bytes.count - safe)
            case .halved: Array(bytes[..<(safe + (bytes.count - safe) / 2)])
            }
        }
    }
}
