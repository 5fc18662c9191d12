import Foundation
import StationCore
import Testing

@testable import Uplink

/// The real file system under a bundle.
@Suite struct StickDirectoryTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "stick-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func code(_ body: () throws -> Void) -> FailureCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Failure)?.code
        }
    }

    @Test func `A bundle is written, and read from the medium and from its own directory`() throws {
        try withDirectory { path in
            try BundleFixture.write(on: try StickDirectory(path))
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [BundleFixture.name])
            for place in [path, path + "/" + BundleFixture.name] {
                let taken = try BundleFixture.taken(from: try StickDirectory(place))
                #expect(taken.map { $0.map(\.entry) } == [BundleFixture.items.map(\.entry)])
            }
        }
    }

    @Test func `Another machine's daemon, which has another user id, may read what is written`() throws {
        try withDirectory { path in
            try BundleFixture.write(on: try StickDirectory(path))
            func mode(_ name: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.posixPermissions] as? Int
            }
            #expect(try mode(BundleFixture.name) == 0o755)
            #expect(try mode(BundleFixture.name + "/manifest.json") == 0o644)
        }
    }

    @Test func `Somebody's own manifest beside them hides no bundle`() throws {
        try withDirectory { path in
            try BundleFixture.write(on: try StickDirectory(path))
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/manifest.json"))
            let found = try BundleReader.directories(on: try StickDirectory(path), kind: .items)
            #expect(found == [nil, BundleFixture.name])
        }
    }

    @Test func `Every byte of a real bundle's files counts, at every length`() throws {
        try withDirectory { path in
            try BundleFixture.write(on: try StickDirectory(path))
            for file in ["manifest.json", "batch-000001.body", "batch-000002.body"] {
                let name = "\(path)/\(BundleFixture.name)/\(file)"
                let whole = try Data(contentsOf: URL(fileURLWithPath: name))
                for length in stride(from: 0, to: whole.count, by: 7) {
                    try whole.prefix(length).write(to: URL(fileURLWithPath: name))
                    #expect(try BundleFixture.taken(from: try StickDirectory(path)).isEmpty, "\(file) at \(length)")
                }
                try whole.write(to: URL(fileURLWithPath: name))
            }
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).count == 1)
        }
    }

    @Test func `Links, pipes and directories in place of files are refused and never followed`() throws {
        try withDirectory { path in
            try BundleFixture.write(on: try StickDirectory(path))
            let name = "\(path)/\(BundleFixture.name)/batch-000001.body"
            let elsewhere = path + "/elsewhere"
            try FileManager.default.moveItem(atPath: name, toPath: elsewhere)
            try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: elsewhere)
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).isEmpty)
            try FileManager.default.removeItem(atPath: name)
            #expect(mkfifo(name, 0o600) == 0)
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).isEmpty)
            try FileManager.default.removeItem(atPath: name)
            try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).isEmpty)
            try FileManager.default.removeItem(atPath: name)
            try FileManager.default.moveItem(atPath: elsewhere, toPath: name)
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).count == 1)
            // The bundle's directory itself as a link.
            try FileManager.default.moveItem(atPath: "\(path)/\(BundleFixture.name)", toPath: path + "/real")
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/\(BundleFixture.name)", withDestinationPath: path + "/real")
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).isEmpty)
        }
    }

    @Test func `Whatever else lies on the medium is left alone`() throws {
        try withDirectory { path in
            for foreign in ["DCIM", "System Volume Information", "intake-items-x", ".intake-y.part"] {
                try FileManager.default.createDirectory(atPath: path + "/" + foreign, withIntermediateDirectories: true)
            }
            let unfinished = path + "/.intake-0f8fad5b-d9cb-469f-a165-70867728950e.part"
            try FileManager.default.createDirectory(atPath: unfinished, withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: unfinished + "/batch-000001.body"))
            try BundleFixture.write(on: try StickDirectory(path))
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(
                names == [
                    ".intake-y.part", "DCIM", "System Volume Information", BundleFixture.name, "intake-items-x",
                ])
            #expect(try BundleFixture.taken(from: try StickDirectory(path)).count == 1)
        }
    }

    @Test func `A place that is not a medium is refused by name`() throws {
        try withDirectory { path in
            #expect(code { _ = try StickDirectory(path + "/none") } == .stickUnavailable)
            #expect(code { _ = try StickDirectory("relative") } == .stickUnavailable)
            try Data([1]).write(to: URL(fileURLWithPath: path + "/file"))
            #expect(code { _ = try StickDirectory(path + "/file") } == .stickUnavailable)
            #expect(code { _ = try StickDirectory(path, below: ["/media"]) } == .stickUnavailable)
            #expect(code { _ = try StickDirectory(path, below: [path]) } == nil)
            // A link out of the allowed place.
            let inside = path + "/inside"
            try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: inside + "/out", withDestinationPath: "/tmp")
            #expect(code { _ = try StickDirectory(inside + "/out", below: [inside]) } == .stickUnavailable)
            // The same file system as the spool's: nothing is mounted there.
            #expect(code { _ = try StickDirectory(inside, unlike: path) } == .stickUnavailable)
            #expect(code { _ = try StickDirectory("/proc", unlike: path) } == nil)
        }
    }

    @Test func `A medium that cannot be written says so`() throws {
        // procfs takes no directories from anybody, root included.
        #expect(code { try BundleFixture.write(on: try StickDirectory("/proc")) } == .stickUnavailable)
        #expect(code { try BundleFixture.write(on: try StickDirectory("/sys/kernel")) } == .stickReadOnly)
    }
}
