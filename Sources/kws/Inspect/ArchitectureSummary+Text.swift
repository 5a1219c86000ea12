// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

extension ArchitectureSummary {
  /// Lines for a person.
  var lines: [String] {
    var operations = "\(millions(Double(macPerWindow))) M MAC per window"
    if let hopLength, let macPerSecond {
      operations += ", \(millions(macPerSecond)) M MAC per second of stream at hop \(hopLength)"
    }
    return [
      "architecture  \(architecture.name), window of \(architecture.windowFrameCount) frames of "
        + "\(architecture.coefficientCount) coefficients",
      "weights       \(weightCount)",
      "parameters    \(parameterCount)",
      "operations    \(operations)",
      "",
    ] + table.lines
  }

  /// The layers; without bits and bytes, which a model decides.
  var table: Table {
    let perSecond = hopLength == nil ? [] : ["MAC/s"]
    var table = Table(
      header: ["layer", "operation", "normalization", "output", "weights", "MAC/window"]
        + perSecond,
      textColumnCount: 3)
    for row in rows {
      table.add(
        [
          row.geometry.layer.name, row.geometry.text, row.geometry.layer.normalization.text,
          row.geometry.output.text, "\(row.cost.weightCount)", "\(row.cost.macPerWindow)",
        ] + perSecond.map { _ in fixed(row.cost.macPerSecond, decimals: 0) })
    }
    return table
  }

  /// One JSON object on one line.
  var json: String {
    var object = JSONLine()
    object.add("architecture", architecture.name)
    object.add("coefficientCount", architecture.coefficientCount)
    object.add("windowFrameCount", architecture.windowFrameCount)
    if let hopLength { object.add("hopLength", hopLength) }
    object.add("weights", weightCount)
    object.add("parameters", parameterCount)
    object.add("macPerWindow", macPerWindow)
    if let macPerSecond { object.add("macPerSecond", macPerSecond, decimals: 1) }
    object.add("layers", json: layersJSON)
    return object.text
  }

  private var layersJSON: String {
    JSONLine.array(
      rows.map { row in
        var layer = JSONLine()
        layer.add("name", row.geometry.layer.name)
        layer.add("operation", row.geometry.text)
        layer.add("normalization", row.geometry.layer.normalization.text)
        layer.add("output", row.geometry.output.text)
        layer.add("weights", row.cost.weightCount)
        layer.add("macPerWindow", row.cost.macPerWindow)
        if hopLength != nil { layer.add("macPerSecond", row.cost.macPerSecond, decimals: 1) }
        return layer.text
      })
  }
}
