"""Regions of AWS that sell our GPU machines, as EC2 said when its offerings were recorded."""

SOURCE = "EC2 DescribeInstanceTypeOfferings, recorded in moto 5.2.5 (instance_type_offerings)"
SOURCE_DATE = "2026-10-27"

# name, zones, machine families sold whole, and single types where the family is not sold whole.
AWS_ROWS = (
    ("ap-east-1", 3, "g5 m6i m7i t3"),
    ("ap-northeast-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5en t3"),
    ("ap-northeast-2", 4, "g5 g6 g6e g7e gr6 m6i m7i p4d p5.48xlarge p5en t3"),
    ("ap-northeast-3", 3, "g6e m6i m7i t3"),
    ("ap-south-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5en t3"),
    ("ap-south-2", 3, "g6 g6e m6i m7i t3"),
    ("ap-southeast-1", 3, "m6i m7i p4de t3"),
    ("ap-southeast-2", 3, "g5 g6 gr6 m6i m7i p4d p5 p5e t3"),
    ("ap-southeast-3", 3, "g5 g7e m6i m7i p5 p5e p5en t3"),
    ("ap-southeast-5", 3, "g6 gr6 m6i m7i t3"),
    ("ca-central-1", 3, "g5 g6 gr6 m6i m7i p4d p5.48xlarge t3"),
    ("eu-central-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de t3"),
    ("eu-central-2", 3, "g6 gr6 m6i m7i t3"),
    ("eu-north-1", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5e p5en t3"),
    ("eu-south-2", 3, "g5 g6 g6e g7e gr6 m7i p5en t3"),
    ("eu-west-1", 3, "g5 m6i m7i p4d t3"),
    ("eu-west-2", 3, "g5 g6 g7e gr6 m6i m7i p4d p5 p5e t3"),
    ("eu-west-3", 3, "g5 g6 gr6 m6i m7i t3"),
    ("il-central-1", 3, "g5 m6i m7i p4de t3"),
    ("me-central-1", 3, "g5 g6 g6e m6i m7i p5en"),
    ("sa-east-1", 3, "g5 g6 gr6 m6i m7i p4d p5 p5e t3"),
    ("us-east-1", 6, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5en t3"),
    ("us-east-2", 3, "g5 g6 g6e g7e gr6 m6i m7i p4d p5 p5e p5en t3"),
    ("us-west-1", 2, "m6i m7i p5.48xlarge p5en t3"),
    ("us-west-2", 4, "g5 g6 g6e g7e gr6 m6i m7i p4d p4de p5 p5e p5en t3"),
)
