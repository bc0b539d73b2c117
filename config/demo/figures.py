"""Synthetic yearly figures for real zones, from a fixed seed (演示数据).

Sizes follow what is publicly known of 2017: 179 ranked clusters, a median in the hundreds of 亿元, a few above 1,000 亿元.
Every figure hangs together with the others (parts sum, shares stay below one, ratios near published ones), so that
rules hold; nothing here is a claim about a real zone, and each row carries the mark.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from parks.enums import DesignationLevel, ZoneClass

SEED = 159_2017
BASE_YEAR = 2017
MEDIAN_REVENUE = 1_500_000  # 万元, clusters in 2017
SPREAD = 0.85
MU_PER_KM2 = 1500

Array = npt.NDArray[np.float64]


class Story(StrEnum):
    """What a zone's figures are made to show (演示类型)."""

    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"
    GAPS = "gaps"


@dataclass(frozen=True)
class ZoneFacts:
    """What the registry knows of a zone and the generator builds on."""

    code: str
    classes: frozenset[str]
    levels: frozenset[str]
    planned_km2: float | None
    built_km2: float | None


def stories(codes: list[str]) -> dict[str, Story]:
    """A fixed share of rising, falling and patchy zones, chosen by a hash of the code, the same on every machine."""
    order = sorted(codes, key=lambda code: zlib.crc32(f"{SEED}{code}".encode()))
    tenth = max(1, len(order) // 16)
    chosen = [Story.RISING] * tenth + [Story.FALLING] * tenth + [Story.GAPS] * max(1, tenth // 2)
    return {code: (chosen[i] if i < len(chosen) else Story.STEADY) for i, code in enumerate(order)}


def build(zones: list[ZoneFacts], years: list[int], anchors: dict[str, tuple[int, float]]) -> pd.DataFrame:
    """All base figures: index (zone, year), one column a code, stored units, unrounded.

    `anchors` gives for a zone a (year, revenue in 万元) from a public source; its series is scaled to pass through it.
    """
    maker = _Maker(zones, years, anchors)
    maker.economy()
    maker.innovation()
    maker.openness()
    maker.green()
    maker.land()
    maker.customs()
    maker.finance()
    maker.science()
    maker.services()
    return maker.frame()


class _Maker:
    """Arrays of shape zones × years, one a code; later ones are made from earlier ones."""

    def __init__(self, zones: list[ZoneFacts], years: list[int], anchors: dict[str, tuple[int, float]]) -> None:
        self.zones, self.years = zones, years
        self.rng = np.random.default_rng(SEED)
        self.t = np.array(years, dtype=float) - BASE_YEAR
        told = stories([zone.code for zone in zones])
        self.story = np.array([told[zone.code] for zone in zones])
        self.rising, self.falling = self.story == Story.RISING, self.story == Story.FALLING
        drift = np.where(self.rising, 0.09, np.where(self.falling, -0.08, 0.0))
        self.quality = np.clip(
            self.rng.normal(0, 0.7, len(zones))[:, None] + drift[:, None] * self.t + self.noise(0.12), -2.2, 2.2
        )
        self.made: dict[str, Array] = {}
        self._revenue(anchors)

    def noise(self, sigma: float) -> Array:
        return self.rng.normal(0, sigma, (len(self.zones), len(self.years)))

    def has(self, zone_class: str) -> npt.NDArray[np.bool_]:
        return np.array([zone_class in zone.classes for zone in self.zones])

    def scaled(
        self, basis: Array, ratio: float, *, quality: float = 0.0, zone: float = 0.15, year: float = 0.03
    ) -> Array:
        """Basis × ratio, tilted by quality, with a lasting zone factor and a small yearly one."""
        lasting = self.rng.normal(0, zone, len(self.zones))[:, None]
        return np.asarray(basis * ratio * np.exp(quality * self.quality + lasting + self.noise(year)), dtype=float)

    def part(self, whole: Array, share: float, *, quality: float = 0.0, rise: float = 0.0, zone: float = 0.5) -> Array:
        """A part of `whole` that can never exceed it: a share on the logit scale."""
        lasting = self.rng.normal(0, zone, len(self.zones))[:, None]
        logit = np.log(share / (1 - share)) + quality * self.quality + rise * self.t + lasting + self.noise(0.06)
        return np.asarray(whole / (1 + np.exp(-logit)), dtype=float)

    def count(self, mean: Array) -> Array:
        return np.asarray(np.round(np.maximum(mean, 0)), dtype=float)

    def _revenue(self, anchors: dict[str, tuple[int, float]]) -> None:
        n = len(self.zones)
        national = np.array([DesignationLevel.NATIONAL in zone.levels for zone in self.zones])
        order = (self.rng.normal(0, 1, n) + 1.1 * national).argsort().argsort()
        quantile = (order + 0.5) / n
        size = MEDIAN_REVENUE * np.exp(SPREAD * _normal_quantile(quantile))
        growth = self.rng.normal(0.075, 0.025, n) + np.where(self.rising, 0.06, 0) - np.where(self.falling, 0.09, 0)
        shock = np.where(np.array(self.years) == 2020, -0.04, 0.0)[None, :]
        revenue = size[:, None] * np.exp(growth[:, None] * self.t + np.cumsum(shock, axis=1) + self.noise(0.025))
        for i, zone in enumerate(self.zones):
            year, value = anchors.get(zone.code, (None, 0.0))
            if year is not None:
                at = int(np.clip(year - self.years[0], 0, len(self.years) - 1))
                revenue[i] *= value / revenue[i, at]
        self.made["main_business_revenue"] = revenue

    def economy(self) -> None:
        m = self.made
        revenue = m["main_business_revenue"]
        m["operating_revenue"] = revenue * (1.04 + 0.06 * self.rng.random(len(self.zones)))[:, None]
        m["industrial_output"] = self.scaled(revenue, 1.01, zone=0.02, year=0.01)
        m["industrial_value_added"] = self.part(m["industrial_output"], 0.23, quality=0.12, zone=0.12)
        m["value_added"] = m["industrial_value_added"] * (1.08 + 0.2 * self.rng.random(len(self.zones)))[:, None]
        m["gdp"] = m["value_added"] * 1.06
        m["fixed_investment"] = self.scaled(revenue, 0.28, quality=0.1, zone=0.25)
        lead = self.part(np.ones_like(revenue), 0.56, quality=0.25, rise=0.04, zone=0.5)
        m["leading_industry_revenue"] = revenue * lead
        m["leading_industry_value_added"] = m["value_added"] * np.minimum(lead * 0.97, 0.98)
        m["leading_industry_investment"] = m["fixed_investment"] * np.minimum(lead * 0.95, 0.98)
        m["tax_revenue"] = self.scaled(revenue, 0.02, quality=0.35, zone=0.2)
        m["total_profit"] = self.scaled(revenue, 0.055, quality=0.3, zone=0.2)
        m["employees"] = self.count(self.scaled(m["value_added"], 0.06, quality=-0.1))
        m["enterprises"] = self.count(20 + self.scaled(revenue, 1.2e-4, zone=0.3))
        m["units"] = self.count(m["enterprises"] * 1.15)
        m["above_scale_enterprises"] = self.count(self.part(m["enterprises"], 0.3, zone=0.3))
        m["ml_industrial_enterprises"] = np.maximum(
            2, self.count(self.part(m["above_scale_enterprises"], 0.22, zone=0.3))
        )
        m["active_enterprises"] = self.count(self.part(m["enterprises"], 0.85, zone=0.2))
        m["total_purchases"] = self.scaled(revenue, 0.42, zone=0.15)
        m["local_purchases"] = self.part(m["total_purchases"], 0.38, quality=0.1, zone=0.3)
        m["producer_service_revenue"] = self.part(m["operating_revenue"] - revenue, 0.45, quality=0.2, rise=0.05)
        m["startups_new"] = self.count(self.part(m["enterprises"], 0.09, quality=0.3))
        m["new_urban_jobs"] = self.count(self.part(m["employees"], 0.06, quality=0.2))
        m["environmental_breaches"] = self.count(
            self.rng.poisson(np.where(self.falling, 2.4, 0.25)[:, None], revenue.shape).astype(float)
        )
        m["safety_accidents"] = self.count(
            self.rng.poisson(np.where(self.falling, 0.5, 0.02)[:, None], revenue.shape).astype(float)
        )
        m["open_safety_hazards"] = self.count(
            self.rng.poisson(np.where(self.falling, 9, 1.5)[:, None], revenue.shape).astype(float)
        )

    def innovation(self) -> None:
        m = self.made
        m["rd_expenditure"] = self.scaled(m["main_business_revenue"], 0.013, quality=0.45, zone=0.3) * np.exp(
            0.04 * self.t
        )
        m["ml_industrial_with_provincial_rd"] = self.count(
            self.part(m["ml_industrial_enterprises"], 0.55, quality=0.6, rise=0.22, zone=0.4)
        )
        m["smart_enterprises"] = self.count(self.part(m["above_scale_enterprises"], 0.12, quality=0.4, rise=0.15))
        m["fully_online_enterprises"] = self.count(
            self.part(m["above_scale_enterprises"], 0.07, quality=0.4, rise=0.12)
        )
        m["renovated_enterprises"] = self.count(
            m["above_scale_enterprises"]
            * np.clip(0.06 * (self.t + 1), 0, 0.6)
            * self.rng.uniform(0.6, 1.3, len(self.zones))[:, None]
        )
        m["high_tech_enterprises"] = self.count(self.part(m["above_scale_enterprises"], 0.18, quality=0.5, rise=0.1))
        m["rd_platforms_provincial"] = self.count(self.scaled(m["ml_industrial_with_provincial_rd"], 0.8, quality=0.2))
        m["emerging_industry_value_added"] = self.part(m["industrial_value_added"], 0.16, quality=0.45, rise=0.07)
        m["high_tech_industry_revenue"] = self.part(m["main_business_revenue"], 0.14, quality=0.45, rise=0.06)
        m["invention_patents"] = self.count(self.scaled(m["rd_expenditure"], 0.0025, quality=0.2, zone=0.4))
        m["rd_personnel"] = self.count(self.part(m["employees"], 0.03, quality=0.4, rise=0.03))
        m["technology_contracts"] = self.scaled(m["rd_expenditure"], 0.25, quality=0.3, zone=0.5)
        m["incubators"] = self.count(
            self.rng.poisson(1.2, len(self.zones))[:, None] + 0.15 * np.maximum(self.t + 2, 0)[None, :]
        )
        m["partner_parks"] = self.count(self.rng.poisson(0.8, len(self.zones))[:, None] + 0 * self.t[None, :])

    def openness(self) -> None:
        m = self.made
        open_zone = np.where(self.has(ZoneClass.ETDZ) | self.has(ZoneClass.CUSTOMS), 3.0, 1.0)[:, None]
        m["imports_exports"] = self.scaled(m["main_business_revenue"], 0.035, quality=0.2, zone=0.7) * open_zone
        m["exports"] = self.part(m["imports_exports"], 0.68, zone=0.4)
        m["foreign_capital"] = self.scaled(m["fixed_investment"], 0.03, quality=0.2, zone=0.6)
        m["external_capital"] = self.part(m["fixed_investment"], 0.4, zone=0.3)
        m["cross_border_ecommerce"] = self.part(m["imports_exports"], 0.06, rise=0.12, zone=0.6)

    def green(self) -> None:
        m = self.made
        ease = np.exp(-0.035 * self.t)
        m["energy_use"] = self.scaled(m["industrial_value_added"], 0.55, quality=-0.35, zone=0.35) * ease
        m["coal_use"] = self.part(m["energy_use"], 0.45, quality=-0.2, rise=-0.06)
        m["water_use"] = self.scaled(m["industrial_value_added"], 0.0018, quality=-0.25, zone=0.35) * ease
        m["water_reused"] = self.part(m["water_use"], 0.62, quality=0.3, rise=0.05)
        m["clean_audited_enterprises"] = self.count(
            self.part(m["above_scale_enterprises"], 0.2, quality=0.3, rise=0.06)
        )
        m["solid_waste_generated"] = self.scaled(m["industrial_value_added"], 0.28, quality=-0.2, zone=0.5)
        m["solid_waste_used"] = self.part(m["solid_waste_generated"], 0.74, quality=0.4, rise=0.06)
        m["cod_emission"] = self.scaled(m["water_use"], 0.9, quality=-0.3, zone=0.3) * ease
        m["so2_emission"] = self.scaled(m["coal_use"], 0.0022, quality=-0.3, zone=0.3) * ease**2
        m["co2_emission"] = self.scaled(m["energy_use"], 2.45, zone=0.05, year=0.01)
        m["pollution_monitored_enterprises"] = np.maximum(
            3, self.count(self.part(m["above_scale_enterprises"], 0.4, zone=0.3))
        )
        m["pollution_compliant_enterprises"] = np.minimum(
            m["pollution_monitored_enterprises"],
            self.count(self.part(m["pollution_monitored_enterprises"], 0.95, quality=0.5, rise=0.06, zone=0.3)),
        )
        start = (
            self.rng.integers(2017, 2024, len(self.zones)) + np.where(self.falling, 3, 0) - np.where(self.rising, 2, 0)
        )
        m["circular_transformation_done"] = (np.array(self.years)[None, :] >= start[:, None]).astype(float)

    def land(self) -> None:
        m = self.made
        n = len(self.zones)
        drawn = np.exp(self.rng.normal(np.log(14), 0.3, n))
        planned = np.array([z.planned_km2 or d for z, d in zip(self.zones, drawn, strict=True)]) * MU_PER_KM2
        share = np.array(
            [min(0.92, z.built_km2 / z.planned_km2) if z.built_km2 and z.planned_km2 else np.nan for z in self.zones]
        )
        share = np.where(np.isnan(share), self.rng.uniform(0.45, 0.75, n), share)
        m["planned_area"] = np.round(np.repeat(planned[:, None], len(self.years), axis=1))
        built = np.clip(share[:, None] + 0.012 * self.t + np.abs(self.noise(0.002)), 0.2, 0.96)
        m["built_area"] = np.round(m["planned_area"] * built)
        m["development_area"] = np.round((m["planned_area"] - m["built_area"]) * 0.6)
        m["control_area"] = m["planned_area"] - m["built_area"] - m["development_area"]
        m["land_developable"] = np.round(m["planned_area"] * 0.92)
        m["land_ready"] = np.round(self.part(m["land_developable"], 0.88, zone=0.2))
        m["land_supplied"] = np.round(self.part(m["land_ready"], 0.92, quality=0.2, zone=0.2))
        m["land_built"] = np.round(self.part(m["land_supplied"], 0.92, quality=0.2, zone=0.2))
        m["industrial_land"] = np.round(self.part(m["land_built"], 0.55, zone=0.25))
        m["high_tech_land"] = np.round(self.part(m["industrial_land"], 0.35, quality=0.3, rise=0.04))
        m["idle_land"] = np.round(self.part(m["land_supplied"], 0.015, quality=-0.4, rise=-0.03))
        m["service_covered_area"] = np.round(self.part(m["built_area"], 0.72, quality=0.2, rise=0.05))
        m["living_facilities"] = self.count(4 + self.scaled(m["built_area"], 0.0015, zone=0.3))
        plant = m["industrial_land"] * 0.0667
        m["industrial_floor_area"] = self.scaled(plant, 0.93, quality=0.1, zone=0.12)
        m["standard_plant_area"] = self.part(m["industrial_floor_area"], 0.3, zone=0.3)
        m["multi_storey_plant_area"] = self.part(m["standard_plant_area"], 0.55, quality=0.2, rise=0.04, zone=0.3)
        m["green_space"] = self.scaled(m["built_area"] * 0.0667, 0.11, zone=0.2)
        m["road_length"] = self.scaled(m["built_area"] / MU_PER_KM2, 5.2, zone=0.15, year=0.005)
        m["new_road_length"] = self.scaled(m["road_length"], 0.035, zone=0.3, year=0.1)
        m["utility_tunnel_length"] = self.part(m["new_road_length"], 0.26, quality=0.4, rise=0.06)
        m["water_pipe_length"] = self.scaled(m["road_length"], 1.35, zone=0.15, year=0.01)

    def customs(self) -> None:
        m = self.made
        m["bonded_planned_area"] = np.round(m["planned_area"] * 0.12)
        m["bonded_accepted_area"] = np.round(self.part(m["bonded_planned_area"], 0.8, zone=0.3))
        m["bonded_fenced_area"] = np.round(self.part(m["bonded_accepted_area"], 0.9, zone=0.2))
        m["processing_trade"] = self.part(m["imports_exports"], 0.5, zone=0.4)
        m["logistics_trade"] = self.part(m["imports_exports"] - m["processing_trade"], 0.6, zone=0.3)
        m["second_line_trade"] = self.scaled(m["imports_exports"], 0.35, zone=0.3)
        m["customs_tax"] = self.scaled(m["imports_exports"], 0.05, zone=0.3)

    def finance(self) -> None:
        """Balance sheet and profit; rounded before they are added up, so that the identities hold to the cent."""
        m = self.made
        revenue, profit = m["main_business_revenue"], np.round(m["total_profit"], 2)
        m["total_assets"] = np.round(self.scaled(revenue, 0.85, zone=0.2), 2)
        m["current_assets"] = self.part(m["total_assets"], 0.48, zone=0.2)
        m["net_fixed_assets"] = self.part(m["total_assets"] - m["current_assets"], 0.6, zone=0.2)
        rest = m["total_assets"] - m["current_assets"] - m["net_fixed_assets"]
        m["intangible_assets"] = self.part(rest, 0.3, zone=0.3)
        m["total_liabilities"] = np.round(self.part(m["total_assets"], 0.55, quality=-0.2, zone=0.2), 2)
        m["owners_equity"] = m["total_assets"] - m["total_liabilities"]
        m["accumulated_depreciation"] = self.scaled(m["net_fixed_assets"], 0.55, zone=0.2)
        m["depreciation"] = self.part(m["accumulated_depreciation"], 0.14, zone=0.2)
        m["non_operating_income"] = np.round(self.scaled(revenue, 0.002, zone=0.3), 2)
        m["non_operating_expense"] = np.round(self.scaled(revenue, 0.0012, zone=0.3), 2)
        m["operating_profit"] = profit - m["non_operating_income"] + m["non_operating_expense"]
        m["income_tax"] = np.round(np.maximum(profit, 0) * 0.17, 2)
        m["net_profit"] = profit - m["income_tax"]

    def science(self) -> None:
        """Personnel, expenditure item by item, patents; parts are shares of their total and the last takes what is left."""
        m = self.made
        m["science_personnel"] = np.maximum(self.count(self.part(m["employees"], 0.06, quality=0.4)), m["rd_personnel"])
        m["female_employees"] = self.count(self.part(m["employees"], 0.38, zone=0.2))
        m["science_expenditure"] = np.round(self.scaled(m["rd_expenditure"], 1.35, zone=0.1), 2)
        self._split(
            "science_expenditure",
            {
                "science_labour_cost": 0.42,
                "science_direct_input": 0.24,
                "science_depreciation": 0.07,
                "science_amortisation": 0.03,
                "science_design_cost": 0.03,
                "science_trial_cost": 0.05,
                "science_commissioned": 0.10,
                "science_other_cost": 0.06,
            },
        )
        self._split(
            "science_commissioned",
            {
                "commissioned_institutes": 0.20,
                "commissioned_universities": 0.35,
                "commissioned_enterprises": 0.40,
                "commissioned_abroad": 0.05,
            },
        )
        m["patents_applied"] = self.count(self.scaled(m["invention_patents"], 0.5, quality=0.2))
        m["invention_patents_applied"] = self.count(self.part(m["patents_applied"], 0.35, quality=0.2))
        m["patents_granted"] = self.count(self.part(m["patents_applied"], 0.72, zone=0.2))
        m["invention_patents_granted"] = self.count(self.part(m["patents_granted"], 0.3, quality=0.2))
        m["high_tech_exports"] = self.part(m["exports"], 0.25, quality=0.3)
        m["land_evaluation_built_share"] = 100 * m["land_built"] / m["land_developable"]

    def services(self) -> None:
        """Networks, approvals, service items, loans, costs cut and clearance."""
        m = self.made
        n = len(self.zones)
        m["broadband_covered_area"] = np.round(self.part(m["built_area"], 0.86, rise=0.12, zone=0.3))
        m["public_areas"] = self.count(6 + self.scaled(m["built_area"], 0.0008, zone=0.3))
        m["wireless_public_areas"] = self.count(self.part(m["public_areas"], 0.55, rise=0.15))
        m["nbiot_stations"] = self.count(self.scaled(m["built_area"], 0.002, zone=0.3) * np.maximum(self.t, 0.2) / 4)
        m["approvals_total"] = self.count(20 + self.scaled(m["enterprises"], 0.35, zone=0.2))
        m["approvals_online"] = self.count(self.part(m["approvals_total"], 0.6, rise=0.2))
        m["approval_days"] = self.count(m["approvals_total"] * 22 * np.exp(-0.06 * self.t) * np.exp(self.noise(0.05)))
        m["service_items"] = self.count(np.repeat(self.rng.integers(60, 180, n)[:, None], len(self.years), axis=1))
        m["service_items_online"] = self.count(self.part(m["service_items"], 0.7, rise=0.15))
        m["strong_enterprise_loans"] = self.scaled(m["main_business_revenue"], 0.06, zone=0.3)
        for kind, ratio in (("tax", 4e-3), ("energy", 1e-3), ("logistics", 6e-4), ("finance", 8e-4), ("labour", 9e-4)):
            m[f"cost_cut_{kind}"] = self.scaled(m["main_business_revenue"], ratio, zone=0.3)
        for way, share in (("import", 0.32), ("export", 0.68)):
            m[f"{way}_declarations"] = self.count(30 + self.scaled(m["imports_exports"], 0.02 * share, zone=0.3))
            hours = m[f"{way}_declarations"] * (30 if way == "import" else 6) * np.exp(-0.09 * self.t)
            m[f"{way}_clearance_hours"] = np.round(hours * np.exp(self.noise(0.06)), 1)

    def _split(self, total: str, shares: dict[str, float]) -> None:
        weights = {code: share * np.exp(self.noise(0.05)) for code, share in shares.items()}
        whole = np.sum(list(weights.values()), axis=0)
        *parts, last = shares
        for code in parts:
            self.made[code] = np.round(self.made[total] * weights[code] / whole, 2)
        self.made[last] = self.made[total] - np.sum([self.made[code] for code in parts], axis=0)

    def frame(self) -> pd.DataFrame:
        index = pd.MultiIndex.from_product([[z.code for z in self.zones], self.years], names=["zone", "year"])
        return pd.DataFrame({code: values.ravel() for code, values in self.made.items()}, index=index)


def _normal_quantile(p: Array) -> Array:
    """Inverse of the normal distribution by the standard library, element by element (a few hundred zones)."""
    standard = NormalDist()
    return np.array([standard.inv_cdf(float(x)) for x in p])
