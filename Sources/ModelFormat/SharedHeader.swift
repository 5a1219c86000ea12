// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechFeatures

/// What models and checkpoints both say of themselves, in the same fields.
struct SharedHeader {
  static let meanName = "normalization.mean"
  static let scaleName = "normalization.scale"

  var architecture: Architecture
  var features: FeatureConfiguration
  var normalization: FeatureNormalization
  var labels: [String]
  var provenance: Provenance

  /// A writer that holds these fields and says that the file is of this kind.
  func writer(kind: String) -> SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: [
      MetadataFields.schemaKey: MetadataFields.schemaVersion,
      MetadataFields.kindKey: kind,
      "architecture": MetadataFields.encode(architecture),
      "features": MetadataFields.encode(features),
      "labels": MetadataFields.encode(labels),
      "provenance": MetadataFields.encode(provenance),
    ])
    writer.add(Self.meanName, shape: [normalization.mean.count], floats: normalization.mean)
    writer.add(Self.scaleName, shape: [normalization.scale.count], floats: normalization.scale)
    return writer
  }
}

extension SharedHeader {
  /// Reads the fields of a sealed container of this kind, trusting none of them.
  ///
  /// - Throws: `ModelFormatError` with the field, what was expected and what was found.
  init(_ container: Safetensors, kind: String) throws(ModelFormatError) {
    try MetadataFields.check(container, kind: kind)
    let metadata = container.metadata
    architecture = try MetadataFields.decode(Architecture.self, "architecture", in: metadata)
    features = try MetadataFields.decode(FeatureConfiguration.self, "features", in: metadata)
    labels = try MetadataFields.decode([String].self, "labels", in: metadata)
    provenance = try MetadataFields.decode(Provenance.self, "provenance", in: metadata)
    // Before anything is computed from it, and before arrays are read in its size.
    _ = try MetadataFields.geometry(
      of: architecture, features: features.coefficientCount, labels: labels)
    try MetadataFields.checkText([architecture.name], "architecture")
    try MetadataFields.checkText(
      [provenance.license, provenance.attribution, provenance.datasetDigest]
        + provenance.commands + provenance.accuracy, "provenance")
    let count = architecture.coefficientCount
    normalization = FeatureNormalization(
      mean: try container.floats(Self.meanName, shape: [count]),
      scale: try container.floats(Self.scaleName, shape: [count]))
  }

  /// The architecture's geometry, which reading has checked.
  var geometry: [LayerGeometry] { try! architecture.geometry() }
}
