// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

extension ModelSummary {
  /// Lines for a person.
  var lines: [String] {
    let features = model.features
    let kind = features.cepstralCoefficientCount.map { "\($0) MFCCs of " } ?? ""
    var lines = [
      "architecture  \(model.architecture.name), window of \(model.architecture.windowFrameCount) frames",
      "features      \(kind)\(features.melBinCount) log-mel bins, "
        + "\(fixed(Double(features.lowFrequency), decimals: 0)) to "
        + "\(fixed(Double(features.highFrequency), decimals: 0)) Hz, window "
        + "\(features.windowLength), hop \(features.hopLength) at \(features.sampleRate) Hz",
      "labels        \(model.labels.joined(separator: " "))",
      "operations    \(millions(Double(macPerWindow))) M MAC per window, "
        + "\(millions(macPerSecond)) M MAC per second of stream",
      "model bytes   \(model.byteCount)",
      "state bytes   \(stateByteCount) per stream",
      "kernels       \(instructionSet)",
      "",
    ]
    var table = Table(
      header: [
        "layer", "operation", "output", "its bits", "weight bits", "MAC/window", "MAC/s", "bytes",
      ],
      textColumnCount: 2)
    for row in rows {
      table.add([
        row.name, row.operation, row.output, row.outputBits.map { "\($0)" } ?? "-",
        row.weightBits == 0 ? "-" : "\(row.weightBits)",
        "\(row.macPerWindow)", fixed(row.macPerSecond, decimals: 0), "\(row.byteCount)",
      ])
    }
    lines += table.lines
    let detection = model.detection
    lines += [
      "",
      "smoothing     \(fixed(Double(detection.smoothingSeconds), decimals: 2)) s, at least "
        + "\(detection.minimumCount) outputs, then quiet for "
        + "\(fixed(Double(detection.refractorySeconds), decimals: 2)) s",
      "thresholds    "
        + model.keywords.map {
          "\($0) \(fixed(threshold($0), decimals: 2))"
        }.joined(separator: ", "),
      ScoreCalibrationText.line(model),
    ]
    if let points = model.operatingPoints {
      lines += OperatingPointsText(points: points, keywords: model.keywords).lines + [""]
    }
    lines += [
      "licence       \(model.provenance.license); \(model.provenance.attribution)",
      "data index    SHA-256 \(model.provenance.datasetDigest)",
      "seed          \(model.provenance.seed)",
    ]
    lines += model.provenance.commands.map { "command       \($0)" }
    lines += model.provenance.accuracy.map { "accuracy      \($0)" }
    return lines
  }

  /// One JSON object on one line.
  var json: String {
    var object = JSONLine()
    object.add("architecture", model.architecture.name)
    object.add("labels", json: JSONLine.array(model.labels.map(JSONLine.quoted)))
    var features = JSONLine()
    features.add("sampleRate", model.features.sampleRate)
    features.add("windowLength", model.features.windowLength)
    features.add("hopLength", model.features.hopLength)
    features.add("melBinCount", model.features.melBinCount)
    features.add("coefficientCount", model.features.coefficientCount)
    object.add("features", json: features.text)
    object.add("macPerWindow", macPerWindow)
    object.add("macPerSecond", macPerSecond, decimals: 1)
    object.add("modelBytes", model.byteCount)
    object.add("stateBytesPerStream", stateByteCount)
    object.add("kernels", instructionSet)
    let layers = rows.map { row in
      var layer = JSONLine()
      layer.add("name", row.name)
      layer.add("operation", row.operation)
      layer.add("output", row.output)
      layer.add("weightBits", row.weightBits)
      if let bits = row.outputBits { layer.add("outputBits", bits) }
      layer.add("macPerWindow", row.macPerWindow)
      layer.add("macPerSecond", row.macPerSecond, decimals: 1)
      layer.add("bytes", row.byteCount)
      return layer.text
    }
    object.add("layers", json: JSONLine.array(layers))
    object.add("detection", json: detectionJSON)
    if let scores = model.scores {
      object.add("scores", json: ScoreCalibrationText.json(scores))
    }
    if let points = model.operatingPoints {
      object.add(
        "operatingPoints",
        json: OperatingPointsText(points: points, keywords: model.keywords).json)
    }
    object.add("license", model.provenance.license)
    object.add("attribution", model.provenance.attribution)
    object.add("datasetDigest", model.provenance.datasetDigest)
    object.add("seed", "\(model.provenance.seed)")
    object.add("commands", json: JSONLine.array(model.provenance.commands.map(JSONLine.quoted)))
    object.add("accuracy", json: JSONLine.array(model.provenance.accuracy.map(JSONLine.quoted)))
    return object.text
  }

  private func threshold(_ keyword: String) -> Double {
    Double(model.detection.thresholds[keyword] ?? model.detection.defaultThreshold)
  }

  private var detectionJSON: String {
    let detection = model.detection
    var object = JSONLine()
    object.add("smoothingSeconds", Double(detection.smoothingSeconds), decimals: 4)
    object.add("minimumCount", detection.minimumCount)
    object.add("refractorySeconds", Double(detection.refractorySeconds), decimals: 4)
    object.add("rearmRatio", Double(detection.rearmRatio), decimals: 4)
    var thresholds = JSONLine()
    for keyword in model.keywords { thresholds.add(keyword, threshold(keyword), decimals: 4) }
    object.add("thresholds", json: thresholds.text)
    return object.text
  }
}
