// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

/// The three laws of the design, checked on the sources themselves.
@Suite struct LawTests {
  static let runtimeAndShared: Set = [
    "Buffers", "Threads", "Storage", "Audio", "SpeechFeatures", "ModelFormat", "ALSACapture",
    "Inference", "KeywordSpotting", "StreamSpotting",
  ]
  static let learning: Set = [
    "NeuralNetwork", "SpeechDatasets", "Training", "ArchitectureSearch", "Quantization",
    "Evaluation", "Reports", "Interchange",
  ]
  static let kernelUsers: Set = ["SpeechFeatures", "Inference", "NeuralNetwork"]

  @Test func `law 1: runtime and shared targets never import learning`() throws {
    let files = try SourceTree.swiftFiles().filter { Self.runtimeAndShared.contains($0.target) }
    #expect(files.count > 10)
    for file in files {
      for (_, module) in file.imports {
        #expect(!Self.learning.contains(module), "\(file.path) imports \(module)")
      }
    }
  }

  @Test func `law 2: a C module has one importing target, and only by internal imports`() throws {
    let cModules = try SourceTree.cModules()
    #expect(cModules.contains("CKernels") && cModules.contains("CNettle"))
    var importers: [String: Set<String>] = [:]
    for file in try SourceTree.swiftFiles() {
      for (access, module) in file.imports where cModules.contains(module) {
        importers[module, default: []].insert(file.target)
        #expect(access == nil || access == "internal", "\(file.path): \(access!) import \(module)")
      }
    }
    for (module, targets) in importers {
      if module == "CKernels" {
        #expect(targets.isSubset(of: Self.kernelUsers), "\(module) is imported by \(targets)")
      } else {
        #expect(targets.count == 1, "\(module) is imported by \(targets)")
      }
    }
  }

  @Test func `law 3: unsafe code stands only in Buffers and beside C`() throws {
    let cModules = try SourceTree.cModules().union(["Glibc"])
    for file in try SourceTree.swiftFiles() where file.target != "Buffers" {
      let callsC = file.imports.contains { cModules.contains($0.module) }
      for (index, line) in file.lines.enumerated() where !callsC {
        let code = line.split(separator: "//", omittingEmptySubsequences: false)[0]
        // With hyphens, which stand in words of other languages such as 'unsafe-inline' of pages.
        let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        #expect(!words.contains("unsafe"), "\(file.path):\(index + 1)")
      }
    }
  }
}
