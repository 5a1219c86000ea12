// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Reports

/// Which model a report is about.
struct ReportedModel {
  var name: String
  var path: String?
  var labels: [String]

  /// SHA-256 of the file.
  var digest: String

  /// Bytes that inference needs; nil for a checkpoint, which computes in single precision.
  var byteCount: Int?

  /// What computes: equality of bits holds per kernels.
  var kernels: String?

  init(_ model: QuantizedModel, digest: String, path: String?, kernels: String) {
    name = model.architecture.name
    self.path = path
    labels = model.labels
    self.digest = digest
    byteCount = model.byteCount
    self.kernels = kernels
  }

  init(_ checkpoint: Checkpoint, digest: String, path: String) {
    name = checkpoint.architecture.name
    self.path = path
    labels = checkpoint.labels
    self.digest = digest
  }

  var facts: [Page.Fact] {
    var facts = [
      Page.Fact("model", "\(path ?? "built in"): \(name), \(labels.count) classes"),
      Page.Fact("SHA-256", digest),
      Page.Fact(
        "arithmetic",
        byteCount.map { "integers, \($0) bytes of model" } ?? "single precision (a checkpoint)"),
    ]
    if let kernels { facts.append(Page.Fact("kernels", kernels)) }
    return facts
  }

  var json: String {
    var object = JSONLine()
    object.add("name", name)
    if let path { object.add("path", path) }
    object.add("sha256", digest)
    if let byteCount { object.add("bytes", byteCount) }
    if let kernels { object.add("kernels", kernels) }
    object.add("labels", json: JSONLine.array(labels.map(JSONLine.quoted)))
    return object.text
  }
}
