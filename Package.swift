// swift-tools-version: 6.2
import PackageDescription

// Every target compiles under the same strict settings; the three that touch C pointers also under strict memory safety.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let strictMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioFoundationCompat = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")

let package = Package(
    name: "intake-station",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ChipDocument", targets: ["ChipDocument"]),
        .library(name: "StationAPI", targets: ["StationAPI"]),
        .executable(name: "intake-console", targets: ["intake-console"]),
        .executable(name: "intake-demo", targets: ["intake-demo"]),
        .executable(name: "intake-portrait", targets: ["intake-portrait"]),
        .executable(name: "intake-upstream", targets: ["intake-upstream"]),
        .executable(name: "intake-usb", targets: ["intake-usb"]),
        .executable(name: "intakectl", targets: ["intakectl"]),
        .executable(name: "intaked", targets: ["intaked"]),
        .executable(name: "virtual-card", targets: ["virtual-card"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // L0: module maps and shims over C, no logic
        .target(name: "CForgetfulHeap"),
        .target(name: "CHost"),
        .systemLibrary(name: "COpenJPEG", pkgConfig: "libopenjp2", providers: [.apt(["libopenjp2-7-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPCSC", pkgConfig: "libpcsclite", providers: [.apt(["libpcsclite-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "SeededRandom", path: "Tests/Support/SeededRandom", swiftSettings: strict),

        // L1
        .target(name: "StationCore", swiftSettings: strict),
        .testTarget(name: "StationCoreTests", dependencies: ["SeededRandom", "StationCore"], swiftSettings: strict),

        // L2: the card
        .target(name: "DocumentCrypto", dependencies: ["COpenSSL", "StationCore"], swiftSettings: strictMemory),
        .testTarget(
            name: "DocumentCryptoTests", dependencies: ["SeededRandom", "DocumentCrypto", "StationCore"],
            swiftSettings: strict),
        .target(name: "ChipDocument", dependencies: ["DocumentCrypto", "StationCore"], swiftSettings: strict),
        .testTarget(
            name: "ChipDocumentTests",
            dependencies: [
                "SeededRandom", "ChipDocument", "CitizenCard", "DocumentCrypto", "StationCore", "VirtualCard",
            ],
            swiftSettings: strict),
        .target(
            name: "DocumentTrust", dependencies: ["ChipDocument", "DocumentCrypto", "StationCore", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "DocumentTrustTests",
            dependencies: ["ChipDocument", "DocumentCrypto", "DocumentTrust", "SeededRandom", "StationCore"],
            swiftSettings: strict),
        .target(name: "CitizenCard", dependencies: ["ChipDocument", "StationCore"], swiftSettings: strict),
        .testTarget(
            name: "CitizenCardTests", dependencies: ["SeededRandom", "CitizenCard", "ChipDocument", "StationCore"],
            swiftSettings: strict),
        .target(
            name: "PCSCReaders", dependencies: ["CPCSC", "ChipDocument", "StationCore"], swiftSettings: strictMemory),
        .testTarget(
            name: "PCSCReadersTests",
            dependencies: ["SeededRandom", "PCSCReaders", "ChipDocument", "StationCore", "StationBench"],
            swiftSettings: strict),
        .target(name: "USBInventory", dependencies: ["StationCore"], swiftSettings: strictMemory),
        .target(
            name: "USBReaders", dependencies: ["CUSB", "StationCore", "USBInventory"], swiftSettings: strictMemory),
        .target(
            name: "MockReaders", dependencies: ["StationCore"], path: "Tests/Support/MockReaders",
            swiftSettings: strict),
        .testTarget(
            name: "USBReadersTests",
            dependencies: ["MockReaders", "SeededRandom", "StationCore", "USBInventory", "USBReaders", "intake-usb"],
            swiftSettings: strict),
        .target(
            name: "PortraitDecoding",
            dependencies: ["CHost", "COpenJPEG", "CPNG", "StationCore", subprocess, systemPackage],
            swiftSettings: strictMemory),
        .testTarget(
            name: "PortraitDecodingTests",
            dependencies: ["SeededRandom", "PortraitDecoding", "StationCore", "intake-portrait"],
            swiftSettings: strict),

        // L2: the application, its spool, its way out
        .target(name: "ApplicationForm", dependencies: ["StationCore"], swiftSettings: strict),
        .testTarget(
            name: "ApplicationFormTests", dependencies: ["SeededRandom", "ApplicationForm", "StationCore"],
            swiftSettings: strict),
        .target(name: "People", dependencies: ["StationCore", crypto, cryptoExtras], swiftSettings: strict),
        .testTarget(
            name: "PeopleTests", dependencies: ["People", "SeededRandom", "StationCore"], swiftSettings: strict),
        .target(name: "Store", dependencies: ["People", "StationCore", crypto, grdb], swiftSettings: strict),
        .target(
            name: "CPowerLossVFS", path: "Tests/Support/CPowerLossVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CanarySearch", path: "Tests/Support/CanarySearch", swiftSettings: strict),
        .target(
            name: "SpoolFilling",
            dependencies: ["ApplicationForm", "SeededRandom", "StationCore", "Store", "Uplink", crypto],
            path: "Tests/Support/SpoolFilling", swiftSettings: strict),
        .target(
            name: "ShapedLink", dependencies: ["SeededRandom", "StationCore"], path: "Tests/Support/ShapedLink",
            swiftSettings: strict),
        .target(
            name: "StoreMeasurement", dependencies: ["Store", "StationCore", crypto, grdb],
            path: "Tests/Support/StoreMeasurement", swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "CanarySearch", "CPowerLossVFS", "People", "Store", "StoreMeasurement", "StationCore", crypto, grdb,
            ],
            swiftSettings: strict),
        .target(
            name: "Uplink",
            dependencies: [
                "StationCore", asyncHTTPClient, crypto, logging, nioCore, nioFoundationCompat, nioHTTP1, nioSSL,
                swiftASN1,
                x509,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UplinkTests",
            dependencies: ["Uplink", "StationCore", crypto, nioCore, nioPosix, nioSSL, swiftASN1, x509],
            swiftSettings: strict),

        // L2: the host and the local interface
        .target(
            name: "HostIntegration", dependencies: ["CHost", "StationCore", logging], swiftSettings: strictMemory),
        .testTarget(
            name: "HostIntegrationTests", dependencies: ["CHost", "HostIntegration", "StationCore", logging],
            swiftSettings: strict),
        .target(
            name: "StationAPI",
            dependencies: ["StationCore", asyncHTTPClient, nioCore, nioFoundationCompat, nioHTTP1],
            swiftSettings: strict),
        .testTarget(name: "StationAPITests", dependencies: ["StationAPI", "StationCore"], swiftSettings: strict),

        // L3
        .target(
            name: "LocalServer",
            dependencies: [
                "CHost", "StationAPI", "StationCore", asyncAlgorithms, httpTypes, hummingbird, hummingbirdCore, logging,
                nioCore, nioFoundationCompat, nioHTTP1, nioHTTPTypes, nioPosix, serviceLifecycle,
            ],
            // A link to docs/openapi: what is served is the contract itself.
            resources: [.embedInCode("Contract/station.yaml")],
            swiftSettings: strict),
        .testTarget(
            name: "LocalServerTests",
            dependencies: [
                "FakeStation", "LocalServer", "StationAPI", "StationContract", "StationCore", asyncHTTPClient, logging,
                nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict),
        .target(
            name: "ConsoleServer",
            dependencies: [
                "CZlib", "StationAPI", "StationCore", httpTypes, hummingbird, hummingbirdCore, logging, nioCore,
                serviceLifecycle,
            ],
            resources: [.embedInCode("Page")],
            swiftSettings: strict),
        .target(
            name: "HeadlessBrowser", dependencies: [subprocess, systemPackage], path: "Tests/Support/HeadlessBrowser",
            swiftSettings: strict),
        .testTarget(
            name: "ConsoleServerTests",
            dependencies: [
                "ApplicationForm", "ChipDocument", "ConsoleServer", "FakeStation", "HeadlessBrowser", "LocalServer",
                "Store", "StationAPI", "StationCore", asyncHTTPClient, httpTypes, hummingbird, logging, nioCore,
                nioHTTP1, subprocess,
                systemPackage,
            ],
            swiftSettings: strict),
        .target(
            name: "StationCLI", dependencies: ["DocumentTrust", "StationAPI", "StationCore", argumentParser, crypto],
            swiftSettings: strict),
        .testTarget(
            name: "StationCLITests",
            dependencies: [
                "ChipDocument", "DocumentCrypto", "DocumentTrust", "FakeStation", "StationCLI", "StationAPI",
                "StationContract", "StationCore", "VirtualCard", "intakectl", subprocess, systemPackage,
            ],
            swiftSettings: strict),
        .target(
            name: "StationContract", dependencies: ["StationCore", yams], path: "Tests/Support/StationContract",
            swiftSettings: strict),
        .target(
            name: "FakeStation", dependencies: ["LocalServer", "StationAPI", "StationCore", logging, serviceLifecycle],
            path: "Tests/Support/FakeStation", swiftSettings: strict),
        .target(
            name: "VirtualCard", dependencies: ["ChipDocument", "CitizenCard", "DocumentCrypto", "StationCore"],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict),
        .testTarget(
            name: "VirtualCardTests",
            dependencies: ["VirtualCard", "ChipDocument", "CitizenCard", "DocumentCrypto", "StationCore"],
            swiftSettings: strict),
        .target(
            name: "UpstreamServer",
            dependencies: [
                "ApplicationForm", "ChipDocument", "CitizenCard", "StationCore", "Uplink", crypto, grdb, httpTypes,
                hummingbird, hummingbirdCore, hummingbirdTLS, logging, nioCore, nioFoundationCompat, nioSSL,
                serviceLifecycle,
                swiftASN1, x509,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UpstreamServerTests",
            dependencies: [
                "SeededRandom",
                "ApplicationForm", "ChipDocument", "CitizenCard", "DocumentCrypto", "UpstreamServer", "Uplink",
                "StationCore",
                "VirtualCard", asyncHTTPClient, grdb, httpTypes, logging, nioCore, nioFoundationCompat, nioHTTP1,
                nioSSL,
            ],
            swiftSettings: strict),

        // L4: the only place where the parts meet
        .target(
            name: "IntakeStation",
            dependencies: [
                "ApplicationForm", "ChipDocument", "CitizenCard", "DocumentTrust", "HostIntegration", "LocalServer",
                "PCSCReaders", "People", "PortraitDecoding", "StationAPI", "StationCore", "Store", "Uplink",
                "USBInventory", asyncAlgorithms, configuration, crypto, logging, nioSSL, serviceLifecycle, unixSignals,
                yams,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntakeStationTests",
            dependencies: [
                "ApplicationForm", "ChipDocument", "CitizenCard", "IntakeStation", "LocalServer", "PCSCReaders",
                "People",
                "StationAPI", "StationContract", "StationCore", "Store", "Uplink", "USBInventory", "VirtualCard",
                crypto,
                logging,
            ],
            swiftSettings: strict),

        // The whole station as processes on a private card service: what the demo shows and the end-to-end tests use.
        .target(
            name: "StationBench", dependencies: ["CHost", "StationAPI", "StationCore", logging, subprocess],
            swiftSettings: strict),

        // L5: thin executables
        .executableTarget(
            name: "intake-console",
            dependencies: [
                "CForgetfulHeap", "ConsoleServer", "HostIntegration", "StationCore", argumentParser, logging,
                serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "intake-demo",
            dependencies: ["StationAPI", "StationBench", "StationCore", argumentParser, unixSignals],
            swiftSettings: strict),
        .executableTarget(
            name: "intake-portrait", dependencies: ["PortraitDecoding", "StationCore"], swiftSettings: strict),
        .executableTarget(
            name: "intake-upstream",
            dependencies: [
                "UpstreamServer", "StationCore", argumentParser, logging, serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(name: "intake-usb", dependencies: ["USBReaders"], swiftSettings: strict),
        .executableTarget(
            name: "intakectl", dependencies: ["StationCLI", argumentParser], swiftSettings: strict),
        .executableTarget(
            name: "intaked", dependencies: ["IntakeStation", "StationCore", argumentParser, logging],
            swiftSettings: strict),
        .executableTarget(
            name: "virtual-card", dependencies: ["CitizenCard", "VirtualCard", "StationCore", argumentParser],
            swiftSettings: strict),

        // What docs/performance.md claims, measured
        .executableTarget(
            name: "station-benchmarks",
            dependencies: [
                "ChipDocument", "CitizenCard", "HeadlessBrowser", "ShapedLink", "SpoolFilling", "StationAPI",
                "StationBench", "StationCore", "StoreMeasurement", "Uplink", "UpstreamServer", "VirtualCard",
                argumentParser, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            path: "Benchmarks/StationBenchmarks", swiftSettings: strict),

        // Mutated inputs to every parser of foreign bytes
        .target(
            name: "Fuzzing",
            dependencies: [
                "MockReaders", "SeededRandom", "ChipDocument", "CitizenCard", "DocumentCrypto", "DocumentTrust",
                "PCSCReaders", "PortraitDecoding", "StationAPI", "StationCore", "USBInventory", "Uplink", "VirtualCard",
            ],
            path: "Tests/Support/Fuzzing", swiftSettings: strict),
        .executableTarget(
            name: "station-fuzz", dependencies: ["Fuzzing", "StationCore", argumentParser, subprocess, systemPackage],
            path: "Tests/Support/StationFuzz", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["Fuzzing", "StationCore", "station-fuzz", subprocess, systemPackage],
            swiftSettings: strict),

        // Days of a station in seconds: production parts over a simulated clock, network, disk and randomness
        .target(
            name: "Simulation",
            dependencies: [
                "ApplicationForm", "CPowerLossVFS", "HostIntegration", "IntakeStation", "LocalServer", "SeededRandom",
                "StationAPI", "StationCore", "Store", "Uplink", crypto, logging,
            ],
            path: "Tests/Support/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "station-simulate", dependencies: ["Simulation", argumentParser],
            path: "Tests/Support/StationSimulate", swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "StationCore"], swiftSettings: strict),

        // The cases of BSI TR-03105-5.1, which make docs/conformance.md
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["VirtualCard", "ChipDocument", "CitizenCard", "DocumentCrypto", "StationCore", crypto],
            swiftSettings: strict),

        // A daemon that answers before its commit: the control of the kill test, which must lose.
        .executableTarget(
            name: "intaked-write-behind", dependencies: ["IntakeStation", "StationCore", logging],
            path: "Tests/Support/WriteBehindDaemon", swiftSettings: strict),

        // The whole product
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "SeededRandom",
                "CanarySearch", "HeadlessBrowser", "MockReaders", "ShapedLink", "SpoolFilling", "StationAPI",
                "StationBench",
                "StationContract", "StationCore", "intake-console", "intake-demo", "intaked-write-behind",
                "intake-portrait", "intake-upstream", "intake-usb", "intakectl", "intaked", "virtual-card", "Uplink",
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["StationCore"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
