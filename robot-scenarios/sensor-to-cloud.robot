*** Settings ***
Documentation    What the sensor puts on the bus is what the service receives; a faulty bus is reported as a fault, never as a reading.
Resource         proofboard.resource
Test Setup       Connect A Device
Test Teardown    End Test

*** Test Cases ***
Readings Arrive As Measured
    [Tags]    data-integrity.1
    FOR    ${degrees}    IN    23.0625    -12.5    0    149.9375
        Sensor Set    ${degrees}
        Expect Publish    ${degrees}    60 s
    END
    Sequence Should Have No Gap

Faults Are Reported As Faults
    [Tags]    data-integrity.2
    FOR    ${fault}    IN    stuck-high    stuck-low    absent    wrong-id
        Sensor Fault    ${fault}
        Expect Fault    within=60 s
        Sensor Fault    none
        Sensor Set    21.5
        Expect Publish    21.5    60 s
    END

*** Keywords ***
Connect A Device
    Reset Emulation
    Create Device
    Connect Device
