// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The manifest reads as the architecture: an import points down only, shared and runtime targets
// never import learning ones, and a system library is imported by exactly one target.

import PackageDescription

/// Every Swift target: Swift 6 language mode and strict memory safety, both as errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "kws",
  dependencies: [
    // Command-line arguments and help; builds in seconds, uses FoundationEssentials only.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    // MARK: C edges
    .target(name: "CKernels"),
    .systemLibrary(
      // SHA-1 and SHA-256: small, everywhere, and no build time (swift-crypto costs over a minute).
      name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(
      // Sound files of every kind people keep: WAV, FLAC, Ogg, Opus, MP3.
      name: "CSoundFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(
      // Resampling, chosen by measurement: decision 0001.
      name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
    .systemLibrary(
      // The Fourier transform of the features, in single precision.
      name: "CFFTW", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"])]),
    .target(
      // Configuration files: toml++ (Debian's libtomlplusplus-dev, MIT) behind a C header of our
      // own that keeps the position of every value, for messages that name line and column.
      // TOMLKit wraps the same library without positions. Header-only by measurement: 2 s of build,
      // 100 kB of code and as much resident once a file was read; the shared library is one more
      // to install, is loaded where no file is read, and has its checks of hostile files off.
      name: "CTOML", cxxSettings: [.define("TOML_ENABLE_FORMATTERS", to: "0")]),
    .systemLibrary(
      // Capture from sound cards and, through its plugins, from PulseAudio and PipeWire.
      name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),
    .target(
      // HTTP for the metrics by libevent, chosen by measurement: decision 0005.
      name: "CHTTPServer",
      linkerSettings: [.linkedLibrary("event_core"), .linkedLibrary("event_extra")]),
    // MARK: Shared
    .target(name: "Storage", dependencies: ["CNettle"], swiftSettings: strict),
    .target(name: "Buffers", swiftSettings: strict),
    .target(name: "Threads", swiftSettings: strict),
    .target(
      name: "Audio", dependencies: ["Buffers", "CSoundFile", "CSoxr", "Threads"],
      swiftSettings: strict),
    .target(
      name: "SpeechFeatures", dependencies: ["Buffers", "CFFTW", "CKernels"],
      swiftSettings: strict),
    .target(
      name: "ModelFormat", dependencies: ["SpeechFeatures", "Storage"], swiftSettings: strict),
    // MARK: Runtime
    .target(
      name: "ALSACapture", dependencies: ["Audio", "Buffers", "CALSA", "Threads"],
      swiftSettings: strict),
    .target(
      name: "Inference", dependencies: ["Buffers", "CKernels", "ModelFormat"],
      swiftSettings: strict),
    .target(
      name: "KeywordSpotting",
      dependencies: ["SpeechFeatures", "Inference", "ModelFormat", "Buffers"],
      swiftSettings: strict),
    .target(
      // The one loop from audio to detections, shared by the listener and the evaluation.
      name: "StreamSpotting", dependencies: ["Audio", "Buffers", "KeywordSpotting"],
      swiftSettings: strict),
    // MARK: Learning
    .target(
      name: "NeuralNetwork", dependencies: ["Buffers", "CKernels", "ModelFormat"],
      swiftSettings: strict),
    .target(
      name: "SpeechDatasets",
      dependencies: ["Audio", "Buffers", "ModelFormat", "SpeechFeatures", "Storage"],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: ["Buffers", "ModelFormat", "NeuralNetwork", "SpeechDatasets"],
      swiftSettings: strict),
    .target(
      name: "ArchitectureSearch",
      dependencies: [
        "Buffers", "ModelFormat", "NeuralNetwork", "SpeechDatasets", "SpeechFeatures", "Storage",
        "Training",
      ],
      swiftSettings: strict),
    .target(
      name: "Quantization", dependencies: ["Buffers", "ModelFormat", "NeuralNetwork", "Training"],
      swiftSettings: strict),
    // MARK: Use
    .target(name: "Reports", swiftSettings: strict),
    .target(
      name: "Evaluation",
      dependencies: ["Audio", "Buffers", "KeywordSpotting", "ModelFormat", "StreamSpotting"],
      swiftSettings: strict),
    .target(
      // Files of other projects: the published networks of the method that kws follows.
      name: "Interchange", dependencies: ["ModelFormat"], swiftSettings: strict),
    // `kws listen` as a service: configuration, outputs, supervision.
    .target(
      name: "ListenerService",
      dependencies: [
        "ALSACapture", "Audio", "Buffers", "CHTTPServer", "CTOML", "KeywordSpotting", "Storage",
        "StreamSpotting", "Threads",
      ],
      swiftSettings: strict),
    // The default model, embedded, so that one executable is all there is to install.
    .target(name: "CDefaultModel"),
    .executableTarget(
      name: "kws",
      dependencies: [
        "ALSACapture", "ArchitectureSearch", "Audio", "Buffers", "CDefaultModel", "Evaluation",
        "Inference", "Interchange", "KeywordSpotting", "ListenerService", "ModelFormat",
        "NeuralNetwork", "Quantization", "Reports", "SpeechDatasets", "SpeechFeatures", "Storage",
        "Threads", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // MARK: Tests
    .testTarget(name: "LawTests", swiftSettings: strict),
    .testTarget(name: "BuffersTests", dependencies: ["Buffers"], swiftSettings: strict),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"], swiftSettings: strict),
    .testTarget(
      name: "SpeechFeaturesTests",
      dependencies: ["SpeechFeatures", "CKernels", "ModelFormat", "CAllocationCounter"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(name: "StorageTests", dependencies: ["Storage"], swiftSettings: strict),
    .testTarget(
      name: "AudioTests",
      dependencies: ["Audio", "Buffers", "CAllocationCounter", "CSoundFile"],
      swiftSettings: strict),
    .target(
      name: "PulseServer", dependencies: ["Threads"], path: "Tests/Support/PulseServer",
      swiftSettings: strict),
    .target(
      name: "ServiceManager", path: "Tests/Support/ServiceManager", swiftSettings: strict),
    .testTarget(
      name: "ALSACaptureTests",
      dependencies: ["ALSACapture", "Audio", "Buffers", "CAllocationCounter", "PulseServer"],
      swiftSettings: strict),
    .testTarget(
      name: "ModelFormatTests", dependencies: ["ModelFormat", "SpeechFeatures"],
      swiftSettings: strict),
    .target(
      name: "PublishedNetworks", path: "Tests/Support/PublishedNetworks", swiftSettings: strict),
    .testTarget(
      name: "InterchangeTests",
      dependencies: ["Interchange", "ModelFormat", "PublishedNetworks", "SpeechFeatures"],
      swiftSettings: strict),
    .target(name: "CAllocationCounter", path: "Tests/Support/CAllocationCounter"),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"], swiftSettings: strict),
    .target(
      name: "WholeWindowReference", dependencies: ["ModelFormat"],
      path: "Tests/Support/WholeWindowReference", swiftSettings: strict),
    .testTarget(
      name: "InferenceTests",
      dependencies: [
        "Inference", "ModelFormat", "SpeechFeatures", "CAllocationCounter", "WholeWindowReference",
      ],
      swiftSettings: strict),
    .target(
      name: "ToneModel", dependencies: ["ModelFormat", "SpeechFeatures"],
      path: "Tests/Support/ToneModel", swiftSettings: strict),
    .testTarget(
      name: "KeywordSpottingTests",
      dependencies: [
        "KeywordSpotting", "Buffers", "Inference", "ModelFormat", "SpeechFeatures",
        "CAllocationCounter", "ToneModel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ListenerServiceTests",
      dependencies: [
        "ListenerService", "Audio", "Buffers", "KeywordSpotting", "ServiceManager", "Storage",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "NeuralNetworkTests",
      dependencies: ["NeuralNetwork", "Buffers", "CKernels", "ModelFormat"],
      exclude: ["Golden"], swiftSettings: strict),
    .target(
      name: "SyntheticSpeech", path: "Tests/Support/SyntheticSpeech", swiftSettings: strict),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Buffers", "ModelFormat", "NeuralNetwork", "SpeechDatasets",
        "SpeechFeatures", "SyntheticSpeech",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ArchitectureSearchTests",
      dependencies: [
        "ArchitectureSearch", "Buffers", "ModelFormat", "NeuralNetwork", "SpeechDatasets",
        "SpeechFeatures", "SyntheticSpeech", "Training",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "Audio", "Buffers", "KeywordSpotting", "ModelFormat", "StreamSpotting",
        "ToneModel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "StreamSpottingTests",
      dependencies: [
        "StreamSpotting", "Audio", "CAllocationCounter", "KeywordSpotting", "ModelFormat",
        "Storage",
        "ToneModel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SpeechDatasetsTests",
      dependencies: [
        "SpeechDatasets", "Audio", "Buffers", "ModelFormat", "SpeechFeatures", "Storage",
      ],
      exclude: ["ArchiveServer.py"], swiftSettings: strict),
    .target(
      // What is fuzzed; the fuzzer itself is below.
      name: "FuzzedParsers",
      dependencies: [
        "Audio", "Evaluation", "Interchange", "KeywordSpotting", "ListenerService", "ModelFormat",
        "PublishedNetworks", "SpeechDatasets", "SpeechFeatures", "Storage", "ToneModel",
      ],
      path: "Tests/Fuzzing/Parsers", swiftSettings: strict),
    .testTarget(
      name: "FuzzingTests", dependencies: ["FuzzedParsers", "Buffers"], swiftSettings: strict),
    .testTarget(
      // Runs the built executable; the dependency is there so that it is built.
      name: "CommandTests",
      dependencies: [
        "kws", "ListenerService", "ModelFormat", "PublishedNetworks", "PulseServer",
        "ServiceManager",
        "SpeechFeatures", "SyntheticSpeech",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "QuantizationTests",
      dependencies: [
        "Quantization", "Buffers", "Inference", "ModelFormat", "NeuralNetwork", "SpeechFeatures",
        "Training", "WholeWindowReference",
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

// The fuzzer links only with the flags that .ci/fuzz gives, and is no part of any other build.
if Context.environment["KWS_FUZZING"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzedParsers"], path: "Tests/Fuzzing/Driver",
      swiftSettings: strict + [.enableExperimentalFeature("Extern")]))
}
